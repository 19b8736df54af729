# Errors that a user can do something about. They carry a code and no place in this library's own source.

# Codes: usage, not_found, conflict.
export def refuse [code: string, message: string, help?: string]: nothing -> any {
  error make --unspanned { msg: $message, code: $code, help: $help }
}

# A command as the user would type it, for what is in the infra of this request: `typed $request "server delete web-1"`.
export def typed [request: record, words: string]: nothing -> string {
  $"provisioning ($words)" + (if $request.infra == default { "" } else { $" --infra ($request.infra)" })
}

# Data for a message: quoted, control characters escaped, cut when long.
export def quoted []: any -> string {
  let given = $in
  let text = if ($given | describe) == string { $given } else { $given | to json --raw }
  (if ($text | str length) > 80 { ($text | str substring 0..78) + "…" } else { $text }) | to json --raw
}

# Refuses a name that could leave its folder. The engine has checked it before; files are only touched after this.
export def check-name [name: any, what: string]: nothing -> string {
  if ($name | describe) == string and $name =~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}\z' { return $name }
  refuse usage $"($name | quoted) cannot be the name of a ($what)" "Letters, digits, dots, dashes and underscores, at most 63, the first a letter or digit."
}

# Refuses parameters that nothing would read, so that a slip of the pen is not silently ignored.
export def check-keys [params: record, known: list<string>, what: string]: nothing -> nothing {
  let unknown = $params | columns | where $it not-in $known
  if ($unknown | is-empty) { return }
  let near = $known | sort-by {|key| $key | str distance ($unknown | first) } | first
  let close = ($near | str distance ($unknown | first)) <= 3
  refuse usage $"($what) has no parameter ($unknown | first | quoted)" (
    if $close { $'Did you mean "($near)"?' } else { $"It has ($known | str join ', ')." }
  )
}

# A list of names, none twice.
export def check-names [names: any, what: string]: nothing -> list<string> {
  if ($names | describe --detailed).type not-in [list table] {
    refuse usage $"($what): expected a list of names, got ($names | quoted)"
  }
  let checked = $names | each {|name| check-name $name $what }
  let twice = $checked | uniq --repeated
  if ($twice | is-not-empty) { refuse usage $"($what) ($twice | first) is named twice" }
  $checked
}

# An absolute path of a host in which nothing leads elsewhere.
export def check-path [path: string]: nothing -> string {
  let steps = $path | split row "/"
  if $path =~ '^(/[^/\x00-\x1f]+)+\z' and "." not-in $steps and ".." not-in $steps { return $path }
  refuse usage $"($path | quoted) is not an absolute path of a host"
}
