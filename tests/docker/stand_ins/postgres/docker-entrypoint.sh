#!/bin/bash
# What the real image's entry point does: make the cluster once, run the scripts, start the server.
set -euo pipefail

if [[ $(id -u) == 0 ]]; then
    install -d -o postgres -g postgres -m 700 "$PGDATA" /run/postgresql
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

if [[ ! -s $PGDATA/PG_VERSION ]]; then
    initdb --username="$POSTGRES_USER" --pwfile=<(printf %s "$POSTGRES_PASSWORD") \
        --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    # On the socket only, so that nothing outside takes the half-made cluster for a ready one.
    pg_ctl --wait start -o "-c listen_addresses='' -c unix_socket_directories=/run/postgresql"
    export PGHOST=/run/postgresql
    createdb --username="$POSTGRES_USER" "$POSTGRES_DB" 2>/dev/null || true
    for script in /docker-entrypoint-initdb.d/*; do
        case $script in
            *.sh) bash "$script" ;;
            *.sql) psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -f "$script" ;;
        esac
    done
    pg_ctl --wait -m fast stop
fi

exec "$@" -c listen_addresses='*' -c unix_socket_directories=/run/postgresql
