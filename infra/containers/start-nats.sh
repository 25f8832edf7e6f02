#!/bin/sh
# Adds the login to nats.conf and becomes nats-server. In the file itself, `$NAME` would be read as a NATS value,
# where a password that begins with a digit is a number and one with a brace is an error.
set -eu

conf=$1
shift
case ${WADJET_NATS_USER:?is not set}${WADJET_NATS_PASSWORD:?is not set} in
  *[!A-Za-z0-9_-]*)
    echo "WADJET_NATS_USER and WADJET_NATS_PASSWORD: expected letters, digits, - and _ only" >&2
    echo "For example: openssl rand -hex 32" >&2
    exit 1
    ;;
esac

umask 077
whole=${TMPDIR:-/tmp}/nats-server.conf
{
  cat "$conf"
  printf 'authorization { users: [ { user: "%s", password: "%s" } ] }\n' "$WADJET_NATS_USER" "$WADJET_NATS_PASSWORD"
} >"$whole"
unset WADJET_NATS_PASSWORD
exec nats-server --config "$whole" "$@"
