# SPDX-License-Identifier: EUPL-1.2
# Where an installation has what. Settings and state are the machine's, whatever the prefix of the
# programs: systemd knows no other /etc and /var.
include(GNUInstallDirs)
foreach(dir IN ITEMS SYSCONFDIR:etc LOCALSTATEDIR:var)
	string(REGEX MATCH "(.*):(.*)" dir ${dir})
	# What it is when nobody said it.
	if(CMAKE_INSTALL_${CMAKE_MATCH_1} STREQUAL CMAKE_MATCH_2)
		set(CMAKE_INSTALL_${CMAKE_MATCH_1} /${CMAKE_MATCH_2})
		set(CMAKE_INSTALL_FULL_${CMAKE_MATCH_1} /${CMAKE_MATCH_2})
	endif()
endforeach()

# knp_install_text(file DESTINATION folder [RENAME name]): a file that names places. It stands in the
# tree with those of a distribution (prefix /usr, /etc, /var) and is installed with those of this
# installation; the prefix is that of `cmake --install`, which may be another than was configured.
function(knp_install_text file)
	cmake_parse_arguments(ARG "" "DESTINATION;RENAME" "" ${ARGN})
	get_filename_component(name ${file} NAME)
	if(ARG_RENAME)
		set(name ${ARG_RENAME})
	endif()
	install(CODE "
		set(source \"${CMAKE_CURRENT_SOURCE_DIR}/${file}\")
		set(work \"${CMAKE_CURRENT_BINARY_DIR}/installed\")
		set(name \"${name}\")
		set(destination \"${ARG_DESTINATION}\")
		set(sbin \"${CMAKE_INSTALL_SBINDIR}\")
		set(share \"${CMAKE_INSTALL_DATADIR}\")
		set(conf \"${CMAKE_INSTALL_FULL_SYSCONFDIR}/knooppunt\")
		set(state \"${CMAKE_INSTALL_FULL_LOCALSTATEDIR}/lib/knooppunt\")
		include(\"${CMAKE_SOURCE_DIR}/cmake/install_text.cmake\")")
endfunction()
