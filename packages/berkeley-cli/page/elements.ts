// Makes elements.
// Rule: text is text; there is no way to give HTML.

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value)
  made.append(...children)
  return made
}

/** A part of the page under a heading of its own. */
export function section(parent: HTMLElement, id: string, title: string): HTMLElement {
  const heading = element('h2', { id: `${id}-title` }, title)
  const made = element('section', { id, 'aria-labelledby': heading.id }, heading)
  parent.append(made)
  return made
}
