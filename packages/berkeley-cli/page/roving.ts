// One tab stop for many buttons, among which the arrow keys move.
// https://www.w3.org/WAI/ARIA/apg/practices/keyboard-interface/#kbd_roving_tabindex

/** `columns` tells how many buttons stand in a row. */
export function rove(parent: HTMLElement, selector: string, columns: () => number): { refresh(): void } {
  const buttons = () => [...parent.querySelectorAll<HTMLElement>(selector)]
  const stopAt = (button: HTMLElement, all: readonly HTMLElement[]) => {
    for (const other of all) other.tabIndex = other === button ? 0 : -1
  }
  parent.addEventListener('focusin', ({ target }) => {
    const all = buttons()
    if (all.includes(target as HTMLElement)) stopAt(target as HTMLElement, all)
  })
  parent.addEventListener('keydown', (event) => {
    const all = buttons()
    const at = all.indexOf(event.target as HTMLElement)
    const to = at < 0 ? undefined : destination(event.key, at, all.length, columns())
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    all[to]?.focus()
  })
  return {
    refresh() {
      const all = buttons()
      if (!all.some(({ tabIndex }) => tabIndex === 0) && all[0] !== undefined) stopAt(all[0], all)
    },
  }
}

function destination(key: string, at: number, count: number, columns: number): number | undefined {
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at - columns,
    ArrowDown: at + columns,
    Home: 0,
    End: count - 1,
  }
  const to = moves[key]
  return to === undefined || to < 0 || to >= count ? undefined : to
}
