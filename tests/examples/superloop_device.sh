#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: superloop_device.sh ROOT FOLDER
# The superloop and the engine for a Cortex-M4, linked without the board, which is stubs of a few octets: they fit
# in what examples/README.md says.
set -eu

root=$1
folder=$2
readonly flash_max=8192 ram_max=1024
mkdir -p "$folder"
cd "$folder"

cat >board.c <<'END'
#include "superloop_board.h"
uint32_t driver_ticks(void) { static volatile uint32_t ticks; return ticks++; }
void driver_dial(void) {}
int driver_read(uint8_t *data, int capacity) { (void)data; return capacity; }
int driver_write(const uint8_t *data, int length) { (void)data; return length; }
void driver_hang_up(int graceful) { (void)graceful; }
int board_level_cm(void) { return (int)driver_ticks(); }
void board_mail_result(unsigned outcome, int error, uint32_t again_ms) { (void)outcome, (void)error, (void)again_ms; }
void board_other_work(uint32_t idle_ms) { (void)idle_ms; }
END
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -std=c99 -Os -ffreestanding -ffunction-sections -fdata-sections \
    -Wall -Wextra -Wconversion -Wshadow -Wundef -pedantic -Werror \
    -I"$root/include" -I"$root/src" -I"$root/examples" --specs=nano.specs -nostartfiles -Wl,--gc-sections \
    -Wl,--entry=main "$root/examples/superloop.c" board.c "$root"/src/*/*.c -o superloop.elf
arm-none-eabi-size superloop.elf
arm-none-eabi-size superloop.elf | awk -v flash_max=$flash_max -v ram_max=$ram_max '
    NR == 2 { lines++; flash = $1 + $2; ram = $2 + $3 }
    END {
        printf "flash %d of %d, RAM %d of %d\n", flash, flash_max, ram, ram_max
        exit lines != 1 || flash == 0 || flash > flash_max || ram == 0 || ram > ram_max
    }'
for said in "$((flash_max / 1024)) KiB of flash" "$ram_max octets of RAM"; do
    grep -q "$said" "$root/examples/README.md" || {
        echo "examples/README.md does not say: $said"
        exit 1
    }
done
