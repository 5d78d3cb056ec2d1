// What a process measures of itself, having no server's work to show: its CPU time per operation, and its memory for each
// of the many things that wait. A file in subjects/inside does it, for so many things, whenever it is asked.
import { missing, server } from '../subjects.mjs'

export const inside = {
  unit: 'µs CPU/op',
  columns: { 'bytes each': 0 },
  missing,
  async open(start, name, { count, operations }) {
    const { command } = server('inside', name, { settling: true })
    const subject = start('subject', [...command, String(count), String(operations)])
    await subject.line('READY')
    return async () => {
      subject.say('measure')
      const { cost, bytes } = JSON.parse(await subject.line(''))
      return { cost, 'bytes each': bytes ?? Number.NaN }
    }
  },
}
