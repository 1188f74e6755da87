# SPDX-License-Identifier: EUPL-1.2
# Run by `cmake --install`, once for each knp_install_text(), with the variables that it sets.
foreach(place IN ITEMS destination sbin share)
	if(NOT IS_ABSOLUTE "${${place}}")
		set(${place} "${CMAKE_INSTALL_PREFIX}/${${place}}")
	endif()
endforeach()
file(READ "${source}" text)
string(REPLACE "/usr/sbin/" "${sbin}/" text "${text}")
string(REPLACE "/usr/share/" "${share}/" text "${text}")
string(REPLACE "/etc/knooppunt" "${conf}" text "${text}")
string(REPLACE "/var/lib/knooppunt" "${state}" text "${text}")
if(name MATCHES "\\.md$")
	# A link to what only the source has becomes its text; of proto an installation has spec.
	string(REPLACE "proto/spec/" "@spec@/" text "${text}")
	string(REGEX REPLACE "\\[([^]]*)\\]\\((\\.\\./)*(clients|config|daemon|proto|tests)(/[^)]*)?\\)" "\\1"
		text "${text}")
	string(REPLACE "@spec@/" "proto/spec/" text "${text}")
endif()
file(WRITE "${work}/${name}" "${text}")
file(INSTALL DESTINATION "${destination}" TYPE FILE FILES "${work}/${name}")
