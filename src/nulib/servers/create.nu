use lib/inventory.nu put
use lib/refusal.nu [check-name refuse typed]
use lib/task.nu report-progress
use providers/facts.nu differences
use providers/provider.nu [check-provider host-create host-probe host-read]

# params: name (by default the operation's id), plan, zone and whatever else belongs to the definition. One that is there
# already is looked at again: what it is now goes on record.
export def create-server [request: record]: nothing -> record {
  let definition = definition-in $request
  report-progress 10 $"creating ($definition.name)"
  let outcome = host-create $request $definition
  if $outcome.created { created $definition $outcome.facts } else { look-again $request $definition $outcome.facts }
}

# A host appears whole or not at all: if it is there, the operation took effect.
export def probe-create-server [request: record]: nothing -> any {
  let definition = definition-in $request
  if not (host-probe $request $definition.name) { return }
  let outcome = host-create $request $definition
  if $outcome.created { created $definition $outcome.facts } else { existing $definition $outcome.facts "unchanged" }
}

def definition-in [request: record]: nothing -> record {
  let name = check-name ($request.params.name? | default $request.id) server
  let provider = $request.provider? | default ($request.params.provider? | default local)
  check-provider $provider
  $request.params | reject --optional force | merge { name: $name, provider: $provider }
}

# One that does not answer just now is no reason to end a run that may get along without it: whatever needs it says so.
def look-again [request: record, definition: record, known: record]: nothing -> record {
  let name = $definition.name
  let found = try { { facts: (host-read $request $name) } } catch {|error|
    if $error.details?.code? != unreachable { error make $error.details }
    { silent: $error.msg }
  }
  if $found.silent? != null { return (existing $definition $known $"not looked at: ($found.silent)") }
  if $found.facts == null {
    refuse conflict $"server ($name) has been created, but it is gone" $"Delete it first \((typed $request $'server delete ($name)'))."
  }
  let changes = differences $known $found.facts
  if ($changes | is-empty) { return (existing $definition $known "unchanged") }
  existing $definition $found.facts $"recorded as it is now: ($changes | each {|it| $'($it.name) ($it.detail)' } | str join ', ')"
}

# `changed` is what a rollback undoes: that it was made, not what was found out about it.
def existing [definition: record, facts: record, how: string]: nothing -> record {
  result-of $definition $facts { message: $"Server ($definition.name) exists already, ($how)", changed: false }
}

def created [definition: record, facts: record]: nothing -> record {
  let limits = if $facts.become? == impossible { $"; but ($facts.user?) is not root there and may not sudo without a password, so nothing can be installed" } else { "" }
  result-of $definition $facts { message: $"Server ($definition.name) created($limits)", changed: true }
}

def result-of [definition: record, facts: record, said: record]: nothing -> record {
  let server = { provider: $definition.provider, status: created, definition: $definition, facts: $facts }
  $said | merge { name: $definition.name, ip: $facts.address, resources: [(put server $definition.name $server)] }
}
