# SPDX-License-Identifier: EUPL-1.2
# The flow, in a whole core inside the test (flow_world.h). The tests set its clocks.
function(knp_flow_test name)
	knp_unit_test(${name} SOURCES ${name}.c flow_world.c flow_send.c flow_answer.c ${ARGN}
		LINK knp_core)
	knp_wrap(${name} clock_wall_ms clock_monotonic_ms)
endfunction()

# Many small commits: in memory where there is some, since none of it is about the disk.
function(knp_flow_in_memory name)
	if(EXISTS /dev/shm)
		set_tests_properties(unit.${name} PROPERTIES ENVIRONMENT "TMPDIR=/dev/shm")
	endif()
endfunction()

knp_flow_test(flow_path_test)
knp_flow_test(flow_forged_test)
knp_flow_test(flow_failure_test faults.c)
knp_wrap(flow_failure_test state_apply)
knp_flow_test(flow_many_test)
knp_flow_in_memory(flow_many_test)
knp_flow_test(flow_weging_test)
knp_flow_in_memory(flow_weging_test)
knp_flow_test(flow_lapse_test)
knp_flow_in_memory(flow_lapse_test)
knp_flow_test(flow_wissing_test)
target_link_options(flow_wissing_test PRIVATE -Wl,--wrap=keystore_erase)
knp_flow_in_memory(flow_wissing_test)
knp_flow_test(flow_alarm_test)
knp_flow_in_memory(flow_alarm_test)
knp_flow_test(flow_clock_test)
knp_flow_in_memory(flow_clock_test)
knp_flow_test(flow_ready_test)
knp_flow_in_memory(flow_ready_test)
