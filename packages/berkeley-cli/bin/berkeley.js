#!/usr/bin/env node
// The command. npm links a package's commands while it installs, when a checkout has nothing compiled yet: this is there.
import '../dist/main.js'
