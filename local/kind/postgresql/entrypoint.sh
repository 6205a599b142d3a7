#!/bin/sh
# Makes the database cluster at the first start, with the superuser and password that the settings name, and becomes
# the server.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    initdb --pgdata "$PGDATA" --username "${POSTGRES_USER:-postgres}" --pwfile "$POSTGRES_PASSWORD_FILE" \
        --auth-local scram-sha-256 --auth-host scram-sha-256 --encoding UTF8 --locale C.UTF-8
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
fi
exec "$@" -c listen_addresses='*'
