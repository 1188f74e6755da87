# SPDX-License-Identifier: EUPL-1.2
# clients/lib
knp_unit_test(client_settings_test SOURCES client_settings_test.c LINK knp_client)
knp_unit_test(client_session_test SOURCES client_session_test.c LINK knp_client Threads::Threads)
