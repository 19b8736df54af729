use lib/refusal.nu [quoted refuse]
use lib/resources.nu [command-check file no-file no-packages no-service packages service step]

# Reads SQL from the standard input: statements and passwords are in no process list. Errors do not repeat statements.
const PSQL = 'env -C / runuser -u postgres -- psql -X -A -t -q -v ON_ERROR_STOP=1 -v VERBOSITY=terse -p "$1" postgres'

export def check [context: record]: nothing -> nothing {
  for it in ($context.params.settings | transpose key value) {
    if $it.key !~ '^[a-z_][a-z0-9_.]*\z' { refuse usage $"taskserv ($context.name): ($it.key | quoted) is no setting of PostgreSQL" }
    if $it.key in [listen_addresses port] { refuse usage $"taskserv ($context.name): ($it.key) is a parameter of its own, and no setting" "Write listen = […] and port = … beside settings." }
    if $it.value =~ '[\x00-\x1f]' { refuse usage $"taskserv ($context.name): the setting ($it.key) has a control character" }
  }
  if ($context.params.listen | is-empty) and ($context.params.users | any {|it| $it.password? != null }) {
    refuse usage $"taskserv ($context.name) listens on no address: nobody could log in with a password" 'Write listen = ["localhost"].'
  }
  $context.hosts | each {|host| version-on $context $host } | ignore
}

export def install [context: record, host: record]: nothing -> list<any> { [(packages [$"postgresql-(version-on $context $host)"])] }

export def configure [context: record, host: record]: nothing -> list<any> {
  let version = version-on $context $host
  let folder = $"/etc/postgresql/($version)/main"
  let port = $context.params.port | into string
  [
    (file $"($folder)/conf.d/provisioning.conf" (settings $context.params) --owner postgres:postgres --service postgresql)
    (file $"($folder)/pg_hba.conf" (access $context.params) --mode "0640" --owner postgres:postgres --service postgresql --reload)
    (service postgresql --unit $"postgresql@($version)-main" --test (parse $version) --within $context.params.restart_seconds --logs [$"/var/log/postgresql/postgresql-($version)-main.log"])
    ...($context.params.users | each {|user| account $context $user })
    ...($context.params.databases | each {|it| database $it $port })
  ]
}

export def health [context: record, host: record]: nothing -> list<any> {
  [(command-check "psql answers" $"[ \"$\(printf 'SELECT 1;' | ($PSQL))\" = 1 ]" ($context.params.port | into string))]
}

# Databases stay.
export def remove [context: record, host: record]: nothing -> list<any> {
  let version = version-on $context $host
  [
    (no-service postgresql --unit $"postgresql@($version)-main")
    (no-file $"/etc/postgresql/($version)/main/conf.d/provisioning.conf")
    (no-packages [$"postgresql-($version)"])
  ]
}

def version-on [context: record, host: record]: nothing -> string {
  let system = $"($host.facts.os? | default '')-($host.facts.os_version? | default '')"
  let version = $context.manifest.packaged | get --optional $system
  if $version == null { refuse usage $"taskserv ($context.name): nobody knows which PostgreSQL ($host.name) packages \(($system))" }
  $version
}

# PostgreSQL reads its files as it would at a start, and names the first setting that it refuses. What only the start itself
# finds out (settings that do not go together, say) comes out there.
def parse [version: string]: nothing -> string {
  $"said=$\(env -C / runuser -u postgres -- /usr/lib/postgresql/($version)/bin/postgres -C port -c config_file=/etc/postgresql/($version)/main/postgresql.conf 2>&1) && exit 0
{ printf '%s\\n' \"$said\" | sed -n 's/^.* LOG: *//p' | grep -m 1 . || printf '%s\\n' \"$said\"; } >&2
exit 1"
}

def settings [params: record]: nothing -> string {
  let own = {
    listen_addresses: ($params.listen | str join ",")
    port: ($params.port | into string)
    password_encryption: "scram-sha-256"
  }
  # In this file a backslash would begin an escape.
  let lines = $own | merge $params.settings | items {|key, value| $"($key) = ($value | str replace --all '\' '\\' | sql-text)\n" }
  $"# Written by provisioning \(taskserv postgres); changes are overwritten.\n($lines | str join)"
}

def access [params: record]: nothing -> string {
  let others = $params.allow | each {|it| $"host ($it.database? | default all) ($it.user? | default all) ($it.address) scram-sha-256\n" }
  $"# Written by provisioning \(taskserv postgres); changes are overwritten.
local all postgres peer
local all all peer
host all all samehost scram-sha-256
($others | str join)"
}

# Whether the password holds is found out by logging in with it.
def account [context: record, user: record]: nothing -> record {
  let port = $context.params.port | into string
  let password = if $user.password? == null { null } else { $context.secrets | get $user.password }
  let exists = $"SELECT count\(*) FROM pg_roles WHERE rolname = ($user.name | sql-text);\n"
  let question = if $password == null { $exists } else { $"\\connect ($user.name | login-with $password $context.params)\nSELECT 1;\n" }
  let secret = if $password == null { "" } else { $" PASSWORD ($password | sql-text)" }
  # What PostgreSQL logs of a statement would show the password.
  let change = $"SET log_statement = 'none'; SET log_min_duration_statement = -1; SET log_min_error_statement = 'panic'; SET password_encryption = 'scram-sha-256';
SELECT format\('CREATE ROLE %I', ($user.name | sql-text)) WHERE NOT EXISTS \(SELECT FROM pg_roles WHERE rolname = ($user.name | sql-text)) \\gexec
ALTER ROLE ($user.name | sql-name) LOGIN($secret);
"
  step $"user ($user.name)" $"[ \"$\(printf %s \"$2\" | ($PSQL) | tail -n 1)\" = 1 ]" $"printf %s \"$3\" | ($PSQL)" $port $question $change
}

def database [it: record, port: string]: nothing -> record {
  let owner = if $it.owner? == null { "" } else { $" AND pg_get_userbyid\(datdba) = ($it.owner | sql-text)" }
  let question = $"SELECT count\(*) FROM pg_database WHERE datname = ($it.name | sql-text)($owner);\n"
  let change = $"SELECT format\('CREATE DATABASE %I', ($it.name | sql-text)) WHERE NOT EXISTS \(SELECT FROM pg_database WHERE datname = ($it.name | sql-text)) \\gexec
(if $it.owner? == null { '' } else { $'ALTER DATABASE ($it.name | sql-name) OWNER TO ($it.owner | sql-name);' })
"
  step $"database ($it.name)" $"[ \"$\(printf %s \"$2\" | ($PSQL))\" = 1 ]" $"printf %s \"$3\" | ($PSQL)" $port $question $change
}

# What psql's \connect takes: an address in which everything that could mean something is encoded. It goes where PostgreSQL listens.
def login-with [password: string, params: record]: string -> string {
  let user = $in
  let first = $params.listen | first
  let host = if $first == "*" { "localhost" } else if ":" in $first { $"[($first)]" } else { $first }
  $"postgresql://($user | url encode --all):($password | url encode --all)@($host):($params.port)/postgres"
}

# With standard_conforming_strings, which is the default, a backslash is nothing special.
def sql-text []: string -> string { "'" + ($in | str replace --all "'" "''") + "'" }

def sql-name []: string -> string { '"' + ($in | str replace --all '"' '""') + '"' }
