"""Options: what can be asked of a command, written once: a field's type, default, flag and description. Imports nothing heavy."""
