# A cluster of etcd with TLS between members and towards clients. Every private key is made on the host that uses it and
# stays there; what travels are requests and certificates. The authority's key is on one server, wherever it stands in the list.
use lib/refusal.nu refuse
use lib/resources.nu [command-check file folder no-file no-packages no-service packages reading service step tcp-check]

const PKI = "/etc/etcd/pki"
const DATA = "/var/lib/etcd/provisioning"
const CONFIG = "/etc/default/etcd"
# What Debian's script for an init without a journal would throw away.
const LOG = "/var/log/etcd.log"
const ROTATION = "/etc/logrotate.d/provisioning-etcd"

const MAKE_AUTHORITY = 'umask 077
openssl ecparam -name prime256v1 -genkey -noout -out "$1/ca.key.new" &&
openssl req -x509 -new -key "$1/ca.key.new" -sha256 -days 3650 -subj "/CN=etcd authority" -out "$1/ca.crt.new" &&
mv "$1/ca.key.new" "$1/ca.key" && chmod 644 "$1/ca.crt.new" && mv "$1/ca.crt.new" "$1/ca.crt"'

const MAKE_KEY = 'umask 077
[ -s "$1/server.key" ] || { openssl ecparam -name prime256v1 -genkey -noout -out "$1/server.key.new" && mv "$1/server.key.new" "$1/server.key"; }
chown root:etcd "$1/server.key" && chmod 640 "$1/server.key"'

# Whether the certificate holds for another month, for this key, name and address, by the authority that this host knows.
const HOLDS = 'cd "$1" && openssl x509 -in server.crt -noout -checkend 2592000 >/dev/null && openssl verify -CAfile ca.crt server.crt >/dev/null &&
[ "$(openssl x509 -in server.crt -noout -pubkey)" = "$(openssl pkey -in server.key -pubout)" ] &&
openssl x509 -in server.crt -noout -checkhost "$2" | grep -q "does match" &&
openssl x509 -in server.crt -noout -checkip "$3" | grep -q "does match" && echo yes'

# Says itself for which names, whatever the request says.
const SIGN = 'printf %s "$2" | openssl x509 -req -sha256 -days 3650 -CA "$1/ca.crt" -CAkey "$1/ca.key" -set_serial "0x$(openssl rand -hex 16)" -extfile /dev/fd/3 3<<END
subjectAltName=$3
extendedKeyUsage=serverAuth,clientAuth
END'

# What the client says in JSON is meant for its authors.
const HEALTH = 'said=$(ETCDCTL_API=3 etcdctl --command-timeout 3s --endpoints "https://127.0.0.1:$2" --cacert "$1/ca.crt" --cert "$1/server.crt" --key "$1/server.key" endpoint health 2>&1) ||
{ printf "%s\n" "$said" | grep -v "^{"; false; }'

const SERVING = 'client=$(sed -n "s/^ETCD_LISTEN_CLIENT_URLS=.*,\(.*\)\"$/\1/p" "$2") && [ -n "$client" ] &&
ETCDCTL_API=3 etcdctl --command-timeout 5s --endpoints "$client" --cacert "$1/ca.crt" --cert "$1/server.crt" --key "$1/server.key" endpoint health >/dev/null && echo yes'

# Members know each other by what the cluster has stored; of the settings they read that only when the cluster begins. So
# what a member that moves is called by the others is changed there first, one member at a time while the others can be
# reached. Arguments: PKI CONFIG NAME URL ALONE(or nothing) CLIENT-URL…, its own first.
const ASK = 'pki=$1 config=$2 name=$3 url=$4 alone=$5
shift 5
clients=$*
ask() { for at in $clients; do ETCDCTL_API=3 etcdctl --command-timeout 3s --endpoints "$at" --cacert "$pki/ca.crt" --cert "$pki/server.crt" --key "$pki/server.key" "$@" && return; done; false; }
members=$(ask member list 2>/dev/null)
'
# Where nobody answers, a cluster that stands still begins again where it was. Who is alone is called by nobody.
const IS_THERE = $ASK + 'if [ -z "$members" ]; then
  [ -n "$alone" ] || ! grep ^ETCD_INITIAL_ADVERTISE_PEER_URLS= "$config" | grep -qvxF "ETCD_INITIAL_ADVERTISE_PEER_URLS=\"$url\""
  exit
fi
printf "%s\n" "$members" | grep -qF ", $name, $url, "'
const MOVE = $ASK + '[ -n "$members" ] || { echo "E: no member of the cluster answers, so none can be told: it must run where it was first"; exit 1; }
id=$(printf "%s\n" "$members" | awk -F ", " -v name="$name" "\$3 == name { print \$1 }")
[ -n "$id" ] || { echo "E: the cluster has no member $name"; exit 1; }
for peer in $(printf "%s\n" "$members" | grep -v "^$id, " | awk -F ", " "{ print \$4 }"); do
  timeout 5 openssl s_client -connect "${peer#https://}" -CAfile "$pki/ca.crt" -cert "$pki/server.crt" -key "$pki/server.key" </dev/null >/dev/null 2>&1 ||
    { echo "E: the member at $peer cannot be reached from here, and without it another one that moves could be the end of the cluster"; exit 1; }
done
ports_are_free || { echo "E: $reason"; exit 1; }
said=$(ask member update "$id" --peer-urls "$url" 2>&1) || { printf "%s\n" "$said" | grep -v "^{"; exit 1; }'

# A member that never came up begins like the others did. One of them must be there: it knows whether this one has been
# up before, and lost what it had.
const MEETS = 'pki=$1
shift
for peer in "$@"; do timeout 5 openssl s_client -connect "${peer#https://}" -CAfile "$pki/ca.crt" -cert "$pki/server.crt" -key "$pki/server.key" </dev/null && exit; done
false'

export def check [context: record]: nothing -> nothing {
  let without = $context.hosts | where {|host| ($host.address? | default "") !~ '^[0-9A-Fa-f.:]+\z' } | get name
  if ($without | is-not-empty) { refuse usage $"taskserv ($context.name) needs the address of ($without | str join ', ')" "Members know each other by address: give the server one, in digits." }
}

export def install [context: record, host: record]: nothing -> list<any> {
  [
    (packages [etcd-server etcd-client openssl])
    (folder /etc/etcd)
    (folder $PKI)
    (step key 'test -s "$1/server.key" && [ "$(stat -c %U:%G "$1/server.key")" = root:etcd ]' $MAKE_KEY $PKI)
    (reading signs 'test -s "$1/ca.key" && echo yes' $PKI)
    (reading authority 'cat "$1/ca.crt"' $PKI)
    (reading holds $HOLDS $PKI $host.name $host.address)
    (reading request 'openssl req -new -key "$1/server.key" -subj /CN=etcd' $PKI)
    (reading member 'test -d "$1/member/wal" && echo yes' $DATA)
    (reading settings 'cat "$1"' $CONFIG)
    (reading serving $SERVING $PKI $CONFIG)
  ]
}

# Whoever has no good certificate gets one from the authority.
export def exchange [context: record]: nothing -> record {
  check-strangers $context
  let authority = authority-of $context
  let asking = $context.hosts | enumerate | where {|it| lacks-certificate $it.item $authority }
  if ($asking | is-empty) { return {} }
  if $authority == null {
    refuse conflict $"($asking | get item.name | str join ', ') without a certificate: none of these servers has the key of the cluster's authority" $"Name the server that has ($PKI)/ca.key too."
  }
  let made = if $authority.found.signs == "" { [(step authority 'false' $MAKE_AUTHORITY $PKI) (reading authority 'cat "$1/ca.crt"' $PKI)] } else { [] }
  let signed = $asking | where {|it| $it.item.found.request != "" } | each {|it| reading $"certificate_($it.index)" $SIGN $PKI $it.item.found.request (names-of $it.item) }
  { $authority.name: ($made ++ $signed) }
}

# A cluster has one authority, and takes nobody in that it does not know.
def check-strangers [context: record]: nothing -> nothing {
  let signing = $context.hosts | where {|host| $host.found.signs != "" } | get name
  if ($signing | length) > 1 {
    refuse conflict $"($signing | str join ' and ') each have an authority of their own: their certificates do not hold for each other" $"Take those out of the list that belong to another cluster; where it is a leftover, delete ($PKI) there."
  }
  let members = $context.hosts | where {|host| $host.found.member != "" }
  let strangers = $context.hosts | where {|host| $host.found.member == "" and ($members | any {|member| (called $context $host) not-in (founders $context $member | split row ",") }) } | get name
  if ($strangers | is-not-empty) {
    refuse conflict $"($members | get name | str join ', ') form an etcd cluster already, without ($strangers | str join ', ')" $"Adding members to a running cluster is not supported: take these servers out of the list. Or begin anew, without the data: delete the taskserv, and ($DATA) on each server."
  }
}

# The host with the authority's key. Where nobody is a member yet, it may still have to be made there; null: it is on none
# of these hosts.
def authority-of [context: record]: nothing -> any {
  let signing = $context.hosts | where {|host| $host.found.signs != "" }
  if ($signing | is-not-empty) { return ($signing | first) }
  if ($context.hosts | all {|host| $host.found.member == "" }) { $context.hosts | first }
}

def lacks-certificate [host: record, authority: any]: nothing -> bool {
  $host.found.holds == "" or ($authority != null and $host.found.authority != $authority.found.authority)
}

export def configure [context: record, host: record]: nothing -> list<any> {
  let journal = $host.facts.init? == systemd
  [
    ...(certificates $context $host)
    ...(standing-among $context $host)
    (folder $DATA --mode "0700" --owner etcd:etcd)
    ...(if $journal { [] } else { [(file $ROTATION $"($LOG) {\n  weekly\n  rotate 4\n  maxsize 10M\n  copytruncate\n  missingok\n}\n")] })
    (file $CONFIG (settings $context $host $journal) --service etcd)
    (service etcd --no-wait --logs [$LOG])
  ]
}

export def health [context: record, host: record]: nothing -> list<any> {
  [
    (command-check "etcdctl endpoint health" $HEALTH $PKI ($context.params.client_port | into string))
    (tcp-check $context.params.client_port)
    (tcp-check $context.params.peer_port --host $host.address)
  ]
}

# The data stays, and so do the keys and settings that belong to it.
export def remove [context: record, host: record]: nothing -> list<any> {
  [(no-service etcd) (no-file $ROTATION) (no-packages [etcd-server])]
}

def certificates [context: record, host: record]: nothing -> list<any> {
  let authority = authority-of $context
  if $authority == null { return [] }
  let index = $context.hosts | enumerate | where {|it| $it.item.name == $host.name } | first | get index
  let certificate = $authority.found | get --optional $"certificate_($index)" | default ""
  if $authority.found.authority == "" or ($certificate == "" and (lacks-certificate $host $authority)) {
    # Where one only looks, nobody has made or signed anything.
    return [(step certificate 'false' 'echo "E: the authority has signed nothing"; false')]
  }
  [
    (file $"($PKI)/ca.crt" $authority.found.authority --service etcd)
    ...(if $certificate == "" { [] } else { [(file $"($PKI)/server.crt" $certificate --service etcd)] })
  ]
}

# What has to be so among the members before this one may start.
def standing-among [context: record, host: record]: nothing -> list<any> {
  let members = $context.hosts | where {|it| $it.found.member != "" }
  if ($members | is-empty) { return [] }
  if $host.found.member == "" { return [(step founders $MEETS 'echo "E: none of the members that began can be reached"; false' $PKI ...($members | each {|it| peer $context $it }))] }
  let own = setting $host LISTEN_CLIENT_URLS | split row "," | last
  let others = $members | where name != $host.name | each {|it| setting $it ADVERTISE_CLIENT_URLS }
  let alone = if "," in (founders $context $host) { "" } else { "alone" }
  [(step "address among the members" $IS_THERE $MOVE $PKI $CONFIG $host.name (peer $context $host) $alone ...([$own ...$others] | where $it != ""))]
}

def settings [context: record, host: record, journal: bool]: nothing -> string {
  let params = $context.params
  let own = in-url $host.address
  let members = $context.hosts | where {|it| $it.found.member != "" }
  let values = {
    NAME: $host.name
    DATA_DIR: $DATA
    LISTEN_PEER_URLS: (peer $context $host)
    LISTEN_CLIENT_URLS: $"https://($own):($params.client_port),https://127.0.0.1:($params.client_port)"
    ADVERTISE_CLIENT_URLS: $"https://($own):($params.client_port)"
    INITIAL_ADVERTISE_PEER_URLS: (peer $context $host)
    INITIAL_CLUSTER: (founders $context (if $host.found.member != "" { $host } else { $members | get --optional 0 }))
    INITIAL_CLUSTER_TOKEN: $params.token
    INITIAL_CLUSTER_STATE: new
    HEARTBEAT_INTERVAL: ($params.heartbeat_ms | into string)
    ELECTION_TIMEOUT: ($params.election_ms | into string)
    CERT_FILE: $"($PKI)/server.crt"
    KEY_FILE: $"($PKI)/server.key"
    TRUSTED_CA_FILE: $"($PKI)/ca.crt"
    CLIENT_CERT_AUTH: "true"
    PEER_CERT_FILE: $"($PKI)/server.crt"
    PEER_KEY_FILE: $"($PKI)/server.key"
    PEER_TRUSTED_CA_FILE: $"($PKI)/ca.crt"
    PEER_CLIENT_CERT_AUTH: "true"
  }
  let lines = $values | items {|key, value| $"ETCD_($key)=\"($value)\"\n" }
  let log = if $journal { "" } else { $"START_ARGS=\"$START_ARGS --output ($LOG)\"\n" }
  $"# Written by provisioning \(taskserv etcd); changes are overwritten.\n($lines | str join)($log)"
}

# With whom the cluster of this member began, as it stands in its settings; where there is none yet, all of them.
def founders [context: record, member: any]: nothing -> string {
  let began = if $member == null { "" } else { setting $member INITIAL_CLUSTER }
  if $began != "" { $began } else { $context.hosts | each {|it| called $context $it } | str join "," }
}

# The value of a setting as it is on the host.
def setting [host: record, key: string]: nothing -> string {
  $host.found.settings | lines | parse $"ETCD_($key)=\"{value}\"" | get --optional 0.value | default ""
}

def called [context: record, host: record]: nothing -> string { $"($host.name)=(peer $context $host)" }

def peer [context: record, host: record]: nothing -> string { $"https://(in-url $host.address):($context.params.peer_port)" }

def in-url [address: string]: nothing -> string { if ":" in $address { $"[($address)]" } else { $address } }

def names-of [host: record]: nothing -> string { $"DNS:($host.name),DNS:localhost,IP:($host.address),IP:127.0.0.1" }
