#!/bin/sh
# Behind an emulator of the Runtime API there is one already; alone, start nothing.
export _HANDLER="$1"
exec /var/runtime/bootstrap
