# Run once, when the server's data is made: the BSS's own user, which may make databases and is no superuser.
psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
    --set password="$(cat /run/secrets/database/password)" <<'SQL'
CREATE ROLE bss LOGIN CREATEDB PASSWORD :'password';
SQL
