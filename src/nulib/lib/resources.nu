# What a taskserv says of a host: resources, each a description of how something shall be. They are data: making one
# touches nothing. lib/converge.nu compares them with the host and changes what differs.
use lib/refusal.nu [check-path quoted refuse]

const NAME = '^[a-z_][a-z0-9_.@-]{0,62}\z'
const PACKAGE = '^[a-z0-9][a-z0-9.+-]*(:[a-z0-9]+)?(=[A-Za-z0-9.+:~-]+)?\z'

# Packages of the system's own archive: `nginx`, or `nginx=1.22.1-9` for exactly that version.
export def packages [names: list<string>]: nothing -> record {
  if ($names | is-empty) { return { call: [":"] } }
  { call: [packages ...($names | each {|name| $name | matching $PACKAGE package })] }
}

# Removed, without what they have stored.
export def no-packages [names: list<string>]: nothing -> record {
  { call: [no_packages ...($names | each {|name| $name | matching $PACKAGE package })] }
}

# A file with exactly this content. `service` is restarted where it changes, or with `reload` only told; a secret is
# never shown.
export def file [
  path: string
  content: any # text or bytes
  --mode: string = "0644"
  --owner: string = "root:root"
  --service: string = ""
  --reload
  --secret
]: nothing -> record {
  let rights = [($mode | matching '^0[0-7]{3}\z' mode) ($owner | matching '^[a-z_][a-z0-9_-]*:[a-z_][a-z0-9_-]*\z' owner)]
  { call: [file (check-path $path) ...$rights (notice $service $reload) (if $secret { "1" } else { "0" }) ($content | encode base64)] }
}

export def no-file [path: string, --service: string = "", --reload]: nothing -> record {
  { call: [no_file (check-path $path) (notice $service $reload)] }
}

# No file whose path begins with the prefix, but those with one of these names after it.
export def no-other-files [prefix: string, names: list<string>]: nothing -> record {
  { call: [no_other_files (check-path $prefix) ...($names | each {|name| $name | matching $NAME file })] }
}

export def folder [path: string, --mode: string = "0755", --owner: string = "root:root"]: nothing -> record {
  { call: [folder (check-path $path) ($mode | matching '^[01][0-7]{3}\z' mode) $owner] }
}

export def link [path: string, target: string, --service: string = "", --reload]: nothing -> record {
  { call: [link (check-path $path) (check-path $target) (notice $service $reload)] }
}

# Enabled, running, and with the configuration that is there now. `unit` is what systemd calls it; `test` is shell text that finds fault with the
# configuration before the service has to: what it was refused with is put back; `within`: how many seconds a start may take;
# `logs` are files that tell why it failed, where there is no journal.
export def service [name: string, --unit: string = "", --test: string = "", --within: int = 300, --no-wait, --logs: list<string> = []]: nothing -> record {
  let names = [$name (if $unit == "" { $name } else { $unit })] | each {|it| $it | matching $NAME service }
  { call: [service_up ...$names $test (if $no_wait { "0" } else { $within | into string }) ...$logs] }
}

export def no-service [name: string, --unit: string = ""]: nothing -> record {
  { call: [service_down ...([$name (if $unit == "" { $name } else { $unit })] | each {|it| $it | matching $NAME service })] }
}

export def user [name: string, --system, --home: string = "", --shell: string = "", --groups: list<string> = []]: nothing -> record {
  if $home != "" { check-path $home | ignore }
  if $shell != "" { check-path $shell | ignore }
  let checked = $groups | each {|group| $group | matching $NAME group } | str join ","
  { call: [user ($name | matching $NAME user) (if $system { "1" } else { "0" }) $home $shell $checked] }
}

# Public keys with which one may log in as this user; no others are left.
export def authorized-keys [name: string, keys: list<string>]: nothing -> record {
  { call: [authorized_keys ($name | matching $NAME user) ($keys | each {|key| $"($key)\n" } | str join | encode base64)] }
}

export def no-user [name: string]: nothing -> record { { call: [no_user ($name | matching $NAME user)] } }

export def group [name: string]: nothing -> record { { call: [user_group ($name | matching $NAME group)] } }

export def sysctl [key: string, value: string]: nothing -> record {
  { call: [kernel_value ($key | matching '^[a-z0-9_]+([./][A-Za-z0-9_-]+)+\z' "kernel setting") ($value | matching '^[A-Za-z0-9 ._/:,-]{1,200}\z' "kernel value")] }
}

export def hostname [name: string]: nothing -> record {
  { call: [host_name ($name | matching '^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?\z' hostname)] }
}

# A rule such as 80/tcp, for the firewall that the host has, if it has one.
export def let-in [rule: string]: nothing -> record { { call: [let_in ($rule | matching '^\d{1,5}/(tcp|udp)\z' "firewall rule")] } }

# A step of a taskserv's own. `test` and `change` are shell text that the taskserv's author wrote, never anything that a
# user gave: that goes into `arguments`, which the text finds as "$1" … `test` must only read; 0 means: done already.
export def step [name: string, test: string, change: string, ...arguments: string]: nothing -> record {
  { call: [step $name $test $change ...$arguments] }
}

# Hands back what shell text prints, as `found.NAME` of the host in the functions that come later. It must only read.
export def reading [name: string, text: string, ...arguments: string]: nothing -> record {
  { call: [reading ($name | matching '^[a-z][a-z0-9_]*\z' reading) $text ...$arguments] }
}

# Health checks, for `health`. On the host itself the answer must come from a process of one of the taskserv's services;
# `anyone`: of another one will do, such as a container that the service has started.
export def http-check [port: int, path: string = "/", --status: int = 200, --host: string = "127.0.0.1", --anyone]: nothing -> record {
  { call: [http_check (check-address $host) ($port | into string) ($path | matching '^/[!-~]*\z' "path of a URL") ($status | into string) (if $anyone { "anyone" } else { "" })] }
}

export def tcp-check [port: int, --host: string = "127.0.0.1", --anyone]: nothing -> record {
  { call: [tcp_check (check-address $host) ($port | into string) (if $anyone { "anyone" } else { "" })] }
}

export def command-check [name: string, text: string, ...arguments: string]: nothing -> record {
  { call: [own_check $name $text ...$arguments] }
}

def notice [service: string, reload: bool]: nothing -> string {
  if $service == "" { "" } else { $"($service | matching $NAME service):(if $reload { 'reload' } else { 'restart' })" }
}

def check-address [host: string]: nothing -> string { $host | matching '^[A-Za-z0-9][A-Za-z0-9.:-]*\z' address }

def matching [pattern: string, what: string]: string -> string {
  let given = $in
  if $given =~ $pattern { return $given }
  refuse usage $"($given | quoted) cannot be the ($what) of a host"
}
