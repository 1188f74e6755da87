# SPDX-License-Identifier: EUPL-1.2
# Strict warnings as errors in every build, hardening in release.
add_library(knp_flags INTERFACE)
target_compile_options(knp_flags INTERFACE
	-Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
	-Wcast-qual -Wwrite-strings -Wvla -Wformat=2 -Wundef -Wold-style-definition
	-Wimplicit-fallthrough -fno-strict-aliasing -fstack-protector-strong)
target_compile_definitions(knp_flags INTERFACE _GNU_SOURCE KNP_VERSION="${PROJECT_VERSION}")
target_include_directories(knp_flags INTERFACE
	${CMAKE_SOURCE_DIR}/proto ${CMAKE_SOURCE_DIR}/daemon ${CMAKE_SOURCE_DIR}/clients
	${CMAKE_SOURCE_DIR})
target_link_options(knp_flags INTERFACE -Wl,-z,relro,-z,now)
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
	target_compile_definitions(knp_flags INTERFACE _FORTIFY_SOURCE=3)
endif()
if(CMAKE_INTERPROCEDURAL_OPTIMIZATION)
	# Machine code lies beside what the linker optimizes, for what must be linked without that.
	add_compile_options(-ffat-lto-objects)
	# The compiler warns at the link too then.
	target_link_options(knp_flags INTERFACE -Werror)
else()
	# Hundreds of test programs are linked; this linker takes half the time. What is installed is
	# made by the other.
	find_program(KNP_GOLD ld.gold)
	if(KNP_GOLD)
		target_link_options(knp_flags INTERFACE -fuse-ld=gold)
	endif()
endif()
if(KNP_SANITIZE)
	target_compile_options(knp_flags INTERFACE -fsanitize=${KNP_SANITIZE} -fno-omit-frame-pointer
		-fno-sanitize-recover=all)
	target_link_options(knp_flags INTERFACE -fsanitize=${KNP_SANITIZE})
endif()
if(KNP_FUZZ)
	# Coverage of the libraries is what guides the fuzzer.
	target_compile_options(knp_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# knp_library(name SOURCES a.c b.c LINK lib…): a static library of one folder with our flags.
function(knp_library name)
	cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
	add_library(${name} STATIC ${ARG_SOURCES})
	target_link_libraries(${name} PUBLIC knp_flags ${ARG_LINK})
endfunction()

# knp_objects(name SOURCES a.c b.c LINK lib…): compiled once for all programs that link it. Unlike a
# library it is in them whole: also what only replaces a function (knp_wrap) and is called by nobody.
function(knp_objects name)
	cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
	add_library(${name} OBJECT ${ARG_SOURCES})
	target_compile_definitions(${name} PRIVATE KNP_FIXTURES="${CMAKE_SOURCE_DIR}/tests/fixtures"
		KNP_SOURCE="${CMAKE_SOURCE_DIR}")
	target_link_libraries(${name} PRIVATE knp_flags ${ARG_LINK})
endfunction()

# knp_wrap(target symbol…): calls of these go to __wrap_symbol. With optimization at link time the
# compiler resolves calls between our own files before the linker can wrap them, so this program is
# linked without.
function(knp_wrap target)
	foreach(symbol IN LISTS ARGN)
		target_link_options(${target} PRIVATE -Wl,--wrap=${symbol})
	endforeach()
	if(CMAKE_INTERPROCEDURAL_OPTIMIZATION)
		set_target_properties(${target} PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
		target_link_options(${target} PRIVATE -fno-lto)
	endif()
endfunction()

# Of the tests those that run with the thread sanitizer.
add_custom_target(tsan_tests)

# knp_test_costs(name seconds…): ctest begins with what takes longest, so that it does not wait for one
# test at the end; it does not know yet what that is in a build that is new. Those that are not named
# here take less than ten seconds.
function(knp_test_costs)
	while(ARGN)
		list(POP_FRONT ARGN name seconds)
		set_tests_properties(${name} PROPERTIES COST ${seconds})
	endwhile()
endfunction()

# knp_unit_test(name [TSAN] SOURCES t.c LINK lib…): a cmocka program that ctest runs under its own
# name; with TSAN also in the build with the thread sanitizer.
function(knp_unit_test name)
	cmake_parse_arguments(ARG "TSAN" "" "SOURCES;LINK" ${ARGN})
	add_executable(${name} ${ARG_SOURCES})
	target_compile_definitions(${name} PRIVATE KNP_FIXTURES="${CMAKE_SOURCE_DIR}/tests/fixtures"
		KNP_SOURCE="${CMAKE_SOURCE_DIR}")
	target_link_libraries(${name} PRIVATE knp_flags ${ARG_LINK} PkgConfig::CMOCKA)
	add_test(NAME unit.${name} COMMAND ${name})
	set_tests_properties(unit.${name} PROPERTIES TIMEOUT 120)
	if(ARG_TSAN)
		set_tests_properties(unit.${name} PROPERTIES LABELS tsan)
		add_dependencies(tsan_tests ${name})
	endif()
endfunction()

# knp_fuzz_target(name SOURCES f.c CORPUS dir LINK lib…): LLVMFuzzerTestOneInput in f.c. Without
# KNP_FUZZ it links tests/fuzz/replay.c and ctest replays the corpus.
function(knp_fuzz_target name)
	cmake_parse_arguments(ARG "" "CORPUS" "SOURCES;LINK" ${ARGN})
	if(KNP_FUZZ)
		add_executable(${name} ${ARG_SOURCES})
		target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
		target_link_options(${name} PRIVATE -fsanitize=fuzzer)
	else()
		add_executable(${name} ${ARG_SOURCES})
		target_link_libraries(${name} PRIVATE knp_replay)
		add_test(NAME fuzz.${name} COMMAND ${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/${ARG_CORPUS})
		set_tests_properties(fuzz.${name} PROPERTIES TIMEOUT 120)
	endif()
	target_link_libraries(${name} PRIVATE knp_flags ${ARG_LINK})
endfunction()
