// What the exit status of `send` and `receive` says.

export const TRANSFER_EXIT_HELP = `
Exit status:
  0    everything is on the other side, verified
  1    something is not: it was refused, or could not be read, or the connection broke
  2    the command line is wrong
  130  interrupted by Ctrl-C (143 by SIGTERM); with --keep-open that is the end, and 0`
