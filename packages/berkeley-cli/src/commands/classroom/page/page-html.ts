// The page as one HTML document: style, script and the class are all in it, and it asks nobody for anything.
// Rule: what hosts said gets into it as JSON without a single `<`, and into what is shown as text only. The policy (CSP)
//       lets nothing run but the script whose hash it has, should that rule ever be broken.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ClassView } from './class-view.ts'

export interface Page {
  readonly html: string
  /** The Content-Security-Policy that stands in it, for the header as well. */
  readonly policy: string
}

export interface PageOptions {
  /** Whether it follows a scan, as told by its server. */
  readonly live: boolean
}

/** Made by scripts/bundle-page.mjs. */
const assets = (name: string) => readFileSync(new URL(`../../../page/${name}`, import.meta.url), 'utf8')

let loaded: { readonly script: string; readonly style: string } | undefined

export function makePage(view: ClassView, { live }: PageOptions): Page {
  loaded ??= { script: assets('page.js'), style: assets('page.css') }
  const { script, style } = loaded
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
    `connect-src ${live ? "'self'" : "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const html = `<!doctype html>
<html lang="en"${live ? ' data-live' : ''}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>The class</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<noscript><p class="noscript">This page draws the class with JavaScript, which is switched off here.</p></noscript>
<div id="app"></div>
<script type="application/json" id="class">${jsonForHtml(view)}</script>
<script>${script}</script>
</body>
</html>
`
  return { html, policy }
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

// In a script element only `</script` and `<!--` have a meaning; without `<` there is neither.
function jsonForHtml(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
