# A remote command travels as one line for the login shell there. Every word is quoted, so nothing in it means anything.
use lib/refusal.nu [quoted refuse]

export def quote-argv [argv: list<string>]: nothing -> string {
  $argv | each {|word| quote-word $word } | str join " "
}

export def quote-word [word: string]: nothing -> string {
  if ($word | str contains (char --integer 0)) { refuse usage $"an argument holds a NUL character: ($word | quoted)" }
  if $word =~ '^[A-Za-z0-9_@%+=:,./-]+\z' { return $word }
  # A backslash means something in fish's quotes and an exclamation mark in csh's: the probe at adoption finds such shells.
  $"'($word | str replace --all "'" "'\\''")'"
}
