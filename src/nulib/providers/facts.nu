# Facts of a server that were recorded, against those that it tells now.

# What changes by itself.
export const PASSING = [gathered_at created_at root_free_mib]
# Part of its size by which the memory that a system sees varies with its kernel.
const LEEWAY = 0.02

# [{ kind: fact, name, detail: "before → now", diff: [] }]
export def differences [known: record, found: record]: nothing -> list<any> {
  $known | merge $found | columns | where $it not-in $PASSING | each {|key|
    let before = $known | get --optional $key
    let now = $found | get --optional $key
    if not (same $key $before $now) {
      { kind: fact, name: $key, detail: $"($before | to json --raw) → ($now | to json --raw)", diff: [] }
    }
  }
}

def same [key: string, before: any, now: any]: nothing -> bool {
  if $key in [memory_mib root_mib] and $before != null and $now != null { return (($before - $now | math abs) <= $before * $LEEWAY) }
  $before == $now
}
