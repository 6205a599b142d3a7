#!/bin/sh
# What manifests/bss uses of the official image's entrypoint: data is made at the first start, then the scripts in
# /docker-entrypoint-initdb.d run against a server that only this container reaches, then the real server starts.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    unfinished=$PGDATA.unfinished
    rm -rf "$unfinished" "$PGDATA"
    initdb --pgdata "$unfinished" --username "$POSTGRES_USER" --pwfile "$POSTGRES_PASSWORD_FILE" \
        --auth-local trust --auth-host scram-sha-256 --encoding UTF8 --locale C.UTF-8
    echo "host all all all scram-sha-256" >>"$unfinished/pg_hba.conf"
    pg_ctl --pgdata "$unfinished" --options "-c listen_addresses=''" --wait start
    for script in /docker-entrypoint-initdb.d/*.sh; do
        . "$script"
    done
    pg_ctl --pgdata "$unfinished" --wait stop
    # Under its own name only when it is whole: a start that was killed begins anew.
    mv "$unfinished" "$PGDATA"
fi
exec "$@" -c listen_addresses='*'
