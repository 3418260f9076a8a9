#!/bin/sh
# Runs once, when the database's folder is made: the server's role owns its database and is no superuser. The superuser has no
# password, so that it connects inside this container only.
set -e
psql -v ON_ERROR_STOP=1 -v password="$POSTGRES_PASSWORD" --no-psqlrc --username "$POSTGRES_USER" --dbname postgres <<'SQL'
create role candlewatch login password :'password';
create database candlewatch owner candlewatch;
alter role current_user password null;
SQL
