# SPDX-License-Identifier: EUPL-1.2
# clients/lib, against a knooppunt inside the test
knp_objects(knp_fake_knooppunt SOURCES fake_log.c fake_setup.c fake_knooppunt.c
	LINK knp_client PkgConfig::CMOCKA)
knp_unit_test(receipt_test SOURCES receipt_test.c fake_log.c LINK knp_client)
knp_unit_test(proof_test SOURCES proof_test.c fake_log.c LINK knp_client)
knp_unit_test(client_receipt_test SOURCES client_receipt_test.c LINK knp_client knp_fake_knooppunt)
knp_unit_test(proof_delivery_test SOURCES proof_delivery_test.c LINK knp_client knp_fake_knooppunt)
knp_unit_test(client_delivery_test SOURCES client_delivery_test.c LINK knp_client knp_fake_knooppunt)
knp_unit_test(client_outbox_test SOURCES client_outbox_test.c LINK knp_client knp_fake_knooppunt)
knp_unit_test(client_expire_test SOURCES client_expire_test.c LINK knp_client knp_fake_knooppunt)
knp_unit_test(client_fetch_test SOURCES client_fetch_test.c LINK knp_client knp_fake_knooppunt)
knp_unit_test(client_inbox_test SOURCES client_inbox_test.c LINK knp_client knp_fake_knooppunt)
knp_unit_test(client_vraag_test SOURCES client_vraag_test.c LINK knp_client knp_fake_knooppunt)
knp_unit_test(client_log_test SOURCES client_log_test.c LINK knp_client knp_fake_knooppunt)
knp_unit_test(client_kill_test SOURCES client_kill_test.c LINK knp_client knp_fake_knooppunt)
knp_wrap(client_kill_test open write fsync renameat2 rename unlink mkdir ftruncate fdatasync)
# Hundreds of runs, each with its own folders: in memory, since what fails is decided by the test.
if(EXISTS /dev/shm)
	set_tests_properties(unit.client_kill_test PROPERTIES ENVIRONMENT "TMPDIR=/dev/shm")
endif()
knp_unit_test(client_keyring_test SOURCES client_keyring_test.c LINK knp_client)
knp_wrap(client_keyring_test rename unlink rmdir pwrite fsync)
knp_unit_test(client_settings_test SOURCES client_settings_test.c LINK knp_client)
# Not with the thread sanitizer: its threads are those of libzmq, which is not built with it.
knp_unit_test(client_session_test SOURCES client_session_test.c LINK knp_client Threads::Threads)
knp_unit_test(client_threads_test TSAN SOURCES client_threads_test.c LINK knp_client knp_fake_knooppunt
	Threads::Threads)
