// SPDX-License-Identifier: EUPL-1.2
// What every unit test includes first: cmocka wants its four headers in this order.
#ifndef KNP_TESTS_UNIT_UNIT_H
#define KNP_TESTS_UNIT_UNIT_H

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

// Built with ASan or TSan, which replace malloc and mlock.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define KNP_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define KNP_SANITIZED 1
#endif
#endif

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

// A string literal with NULs inside as a view.
#define LITERAL(text) bytes_make(text, sizeof(text) - 1)

#endif
