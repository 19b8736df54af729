use lib/refusal.nu refuse
use lib/resources.nu [file http-check no-packages no-service packages service tcp-check]

const CONFIG = "/etc/haproxy/haproxy.cfg"

export def check [context: record]: nothing -> nothing {
  if ($context.params.backends | is-empty) { refuse usage $"taskserv ($context.name) has nobody to hand requests to" 'Write backends = [{ server = "web-1", port = 80 }].' }
  $context.params.backends | each {|it| address-of $context $it } | ignore
}

export def install [context: record, host: record]: nothing -> list<any> { [(packages [haproxy])] }

export def configure [context: record, host: record]: nothing -> list<any> {
  [
    (file $CONFIG (config $context) --service haproxy --reload)
    (service haproxy --test $"haproxy -c -q -f ($CONFIG)" --logs [/var/log/haproxy.log])
  ]
}

# In HTTP the answer must come from somebody behind it.
export def health [context: record, host: record]: nothing -> list<any> {
  let params = $context.params
  if $params.mode == tcp { [(tcp-check $params.port)] } else { [(http-check $params.port $params.check_path)] }
}

export def remove [context: record, host: record]: nothing -> list<any> { [(no-service haproxy) (no-packages [haproxy])] }

def config [context: record]: nothing -> string {
  let params = $context.params
  let servers = $context.params.backends | enumerate | each {|it|
    let name = $it.item.server? | default $"backend-($it.index + 1)"
    let weight = if $it.item.weight? == null { "" } else { $" weight ($it.item.weight)" }
    $"    server ($name) (address-of $context $it.item):($it.item.port) check inter 1s fall 2 rise 1($weight)\n"
  } | str join
  let http = if $params.mode == http { $"    option httpchk GET ($params.check_path)\n    option forwardfor\n" } else { "" }
  $"# Written by provisioning \(taskserv haproxy); changes are overwritten.
global
    log /dev/log local0
    user haproxy
    group haproxy

defaults
    log global
    mode ($params.mode)
    option redispatch
    retries 2
    timeout connect 5s
    timeout client ($params.timeout_seconds)s
    timeout server ($params.timeout_seconds)s

frontend provisioning
    bind :($params.port)
    default_backend provisioning

backend provisioning
    balance ($params.balance)
($http)($servers)"
}

def address-of [context: record, backend: record]: nothing -> string {
  if $backend.address? != null { return $backend.address }
  if $backend.server? == null { refuse usage $"taskserv ($context.name): a backend is neither a server nor an address" }
  let address = $context.addresses | get --optional $backend.server
  if $address == null { refuse not_found $"taskserv ($context.name): there is no server ($backend.server)" $"There are ($context.addresses | columns | str join ', ')." }
  $address
}
