/* SPDX-License-Identifier: MIT */
#ifndef SUPERLOOP_BOARD_H
#define SUPERLOOP_BOARD_H

#include <stdint.h>

/* The board of superloop.c: a modem that carries one TCP connection, a clock, a sensor, and a way to show
 * what happened. None of these functions ever waits. superloop_board.c is a board for a PC. */

#define DRIVER_TICKS_PER_SECOND 128 /* of a watch crystal, divided by 256 */

/* The clock; runs on and wraps at 2^32. */
uint32_t driver_ticks(void);

/* Begins to connect to the mail server. Until there is a connection nothing arrives and nothing is taken. */
void driver_dial(void);

/* Takes octets that arrived. Returns how many, at most `capacity`; 0: none now; -1: the connection is at its
 * end. */
int driver_read(uint8_t *data, int capacity);

/* Gives octets to send. Returns how many of them were taken; 0: no room now; -1: the connection is at its
 * end. */
int driver_write(const uint8_t *data, int length);

/* Ends the connection, made or not. With `graceful` 0 what was not sent yet is thrown away. */
void driver_hang_up(int graceful);

/* The water level in centimetres. */
int board_level_cm(void);

/* A mail was decided, by `outcome` of enum postino_outcome and `error` of enum postino_error_code. `again_ms`
 * is the time until the next attempt; 0: there is none. */
void board_mail_result(unsigned outcome, int error, uint32_t again_ms);

/* The rest of the firmware: the watchdog, the display. For `idle_ms` the mail has nothing to do unless the
 * modem has: time to doze until the modem's interrupt, or the next look at the sensor. */
void board_other_work(uint32_t idle_ms);

#endif
