// The page of a class in Chromium: that it draws, fills, can be used by keyboard, can be read, and runs nothing of strangers.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type Page, withChromium } from './chromium.ts'
import { without } from './programs.ts'
import { runBerkeley, startBerkeley } from './run-berkeley.ts'

const skip = without({ chromium: 'chromium' })
const folder = await mkdtemp(join(tmpdir(), 'berkeley-browser-'))
after(() => rm(folder, { recursive: true }))

const DESKTOP = { width: 1280, height: 900, calm: true }
const PHONE = { width: 390, height: 844, phone: true, calm: true }
const HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'

/** A report of records, and its address. */
async function reportOf(records: unknown): Promise<string> {
  const [from, to] = [join(folder, 'class.json'), join(folder, 'class.html')]
  await writeFile(from, JSON.stringify(records))
  const { status, remarks } = await runBerkeley('classroom', 'report', '--from', from, '-o', to)
  assert.equal(status, 0, remarks)
  return pathToFileURL(to).href
}

const CLASS = [
  { host: '10.0.0.1', record: { id: 'ada', height: 165, weight: 58, size: 'M' } },
  { host: '10.0.0.2', record: { id: 'bob', height: 166, weight: 58, size: 'M' } },
  { host: '10.0.0.3', record: { id: 'eve', height: 190, weight: 95, size: 'XXL' } },
  { host: '10.0.0.4', record: { id: 'max', height: 178, weight: 80, size: 'L' } },
  { host: '10.0.0.5', record: { id: 'ada', height: 150, weight: 58, size: 'XS' } },
  { host: HOSTILE, record: { id: HOSTILE, height: 170, weight: 70, size: 'M' } },
]

const all = (selector: string, of: string) =>
  `[...document.querySelectorAll('${selector}')].map((e) => ${of})`

describe('in Chromium', { skip, timeout: 180_000 }, () => {
  test('a report: seats, plot, pair, table and troubles; nothing of strangers runs; nobody is asked', async () => {
    const url = await reportOf(CLASS)
    await withChromium(async (page) => {
      await page.screen(DESKTOP)
      await page.open(url)
      assert.deepEqual(await page.ask(all('.seat', 'e.dataset.state')), [
        ...Array(4).fill('present'),
        'repeated',
        'trouble',
      ])
      assert.equal(await page.ask("document.querySelectorAll('.mark').length"), 4)
      const radii = await page.ask<number[]>(all('.mark', '[+e.dataset.size, +e.getAttribute("r")]'))
      assert.ok(JSON.stringify(radii).includes('[5,'), 'XXL is there')
      assert.deepEqual(await page.ask(all('.name strong', 'e.textContent')), ['ada', 'bob'])
      assert.equal(await page.ask("document.querySelectorAll('.together .fill').length"), 1)
      assert.deepEqual(await page.ask(all('tbody tr', 'e.textContent.slice(0, 3)')), [
        'ada',
        'bob',
        'eve',
        'max',
      ])
      assert.ok((await page.ask<string>("document.querySelector('dd').textContent")).includes('<img src=x'))
      assert.match(await page.ask("document.querySelector('.repeats').textContent"), /gave the same id ada/)
      assert.equal(await page.ask('window.hacked === undefined'), true)
      assert.deepEqual(page.complaints, [])
      assert.deepEqual([...new Set(page.requests)], [url])
    })
  })

  test('the marks stand where height and weight say', async () => {
    const url = await reportOf(CLASS)
    await withChromium(async (page) => {
      await page.screen(DESKTOP)
      await page.open(url)
      const far = `(() => {
        const tick = (axis, value) => {
          const text = [...document.querySelectorAll('.axis:nth-of-type(' + axis + ') text')].find((e) => e.textContent === String(value))
          const box = text.parentElement.querySelector('line').getBoundingClientRect()
          return axis === 1 ? box.left : box.top
        }
        const mark = [...document.querySelectorAll('.mark')].find((e) => e.textContent.includes('student max'))
        const { left, top, width, height } = mark.getBoundingClientRect()
        const x = tick(1, 170) + (tick(1, 180) - tick(1, 170)) * 0.8
        return [left + width / 2 - x, top + height / 2 - tick(2, 80)]
      })()`
      for (const distance of await page.ask<number[]>(far))
        assert.ok(Math.abs(distance) < 1.5, String(distance))
    })
  })

  test('by keyboard: one stop for all seats, arrows among them, Enter chooses; the same in the table', async () => {
    const url = await reportOf(CLASS)
    await withChromium(async (page) => {
      await page.screen(DESKTOP)
      await page.open(url)
      const focused = () =>
        page.ask<string>(
          "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent",
        )
      await page.press('Tab')
      assert.match(await focused(), /^10\.0\.0\.1: student ada, 165 cm, 58 kg, M; most alike$/)
      await page.press('ArrowRight')
      await page.press('ArrowRight')
      assert.match(await focused(), /^10\.0\.0\.3/)
      assert.match(await page.ask("document.getElementById('detail').textContent"), /student eve/)
      const ring = await page.ask('getComputedStyle(document.activeElement).outlineWidth')
      assert.equal(ring, '3px')
      await page.press('Enter')
      const chosen = "[...document.querySelectorAll('[aria-pressed=true], .mark.chosen, tr.chosen')].length"
      assert.equal(await page.ask(chosen), 4, 'a seat, a mark, a row and the button in it')
      await page.press('End')
      assert.match(await focused(), /onerror/)
      const seen: string[] = []
      for (let stop = 0; stop < 12; stop++) {
        await page.press('Tab')
        seen.push(await focused())
      }
      for (const name of ['Student', 'Height cm', 'Host', 'ada'])
        assert.ok(seen.includes(name), `${name}: ${seen}`)
      await page.ask("document.querySelector('tbody button').focus()")
      await page.press('ArrowDown')
      assert.equal(await focused(), 'bob')
      await page.press(' ')
      assert.equal(await page.ask("document.querySelector('tr.chosen').textContent.startsWith('bob')"), true)
    })
  })

  test('the table is put in the order of a column, and says so', async () => {
    const url = await reportOf(CLASS)
    await withChromium(async (page) => {
      await page.screen(DESKTOP)
      await page.open(url)
      const order = async (column: number) => {
        await page.ask(`document.querySelectorAll('.sort')[${column}].click()`)
        return page.ask<string[]>(all('tbody .student', 'e.textContent'))
      }
      assert.deepEqual(await order(1), ['ada', 'bob', 'max', 'eve'])
      assert.deepEqual(await order(1), ['eve', 'max', 'bob', 'ada'])
      assert.deepEqual(await page.ask(all('thead th', 'e.getAttribute("aria-sort")')), [
        null,
        'descending',
        null,
        null,
        null,
      ])
      assert.deepEqual(await order(3), ['ada', 'bob', 'max', 'eve'])
    })
  })

  test('every text can be read by day and by night, everything has a name, and a phone needs no scrolling sideways', async () => {
    const url = await reportOf(CLASS)
    await withChromium(async (page) => {
      for (const screen of [DESKTOP, { ...DESKTOP, dark: true }, PHONE, { ...PHONE, dark: true }]) {
        await page.screen(screen)
        await page.open(url)
        assert.deepEqual(await page.ask(TOO_FAINT), [])
        for (const part of ['html', '.scroll']) {
          const overflow = `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('${part}'))`
          assert.equal(await page.ask(overflow), 0, part)
        }
      }
      assert.deepEqual(await namelessIn(page), [])
    })
  })

  test('live: the seats fill one after the other, and another scan fills them anew', async () => {
    const run = startBerkeley('classroom', 'demo', '--web', '--web-address', '127.0.0.1:0')
    try {
      const [, url] = await run.untilRemark(/Open (http:\S+)/)
      await withChromium(async (page) => {
        await page.screen(DESKTOP)
        await page.open(url!)
        const count = "document.querySelectorAll('.seat:not([data-state=empty])').length"
        const seen = new Set<number>()
        const done = "document.getElementById('count').dataset.state === 'done'"
        const watch = async () => {
          seen.clear()
          while (!(await page.ask<boolean>(done))) seen.add(await page.ask<number>(count))
        }
        await watch()
        assert.ok(seen.size > 3, `seats filled in ${seen.size} steps`)
        assert.equal(await page.ask(count), 40)
        assert.equal(await page.ask("document.querySelectorAll('.mark').length"), 38)
        assert.match(
          await page.ask("document.getElementById('count').textContent"),
          /^38 of 40 gave a valid record/,
        )
        assert.deepEqual(await page.ask(all('dd', 'e.textContent.slice(0, 8)')), ['refused:', 'not JSON'])
        await page.ask("document.getElementById('again').click()")
        await page.until("document.getElementById('count').dataset.state === 'scanning'")
        await watch()
        assert.ok(seen.size > 3, 'again')
        assert.deepEqual(page.complaints, [])
        run.child.kill('SIGINT')
        await page.until("document.getElementById('count').dataset.state === 'lost'")
        assert.equal(await page.ask("document.querySelectorAll('.mark').length"), 38)
      })
    } finally {
      run.child.kill('SIGINT')
    }
    const { status, remarks } = await run.ended
    assert.equal(status, 0, remarks)
    assert.equal(remarks.match(/38 of 40 gave a valid record/g)?.length, 2)
  })
})

/** Texts whose contrast to what they stand on is less than WCAG's level AA asks for. */
const TOO_FAINT = `(() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number)
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0)
  const over = (top, below, alpha) => below.map((v, i) => top[i] * alpha + v * (1 - alpha))
  const background = (element) => {
    const color = element === null ? [255, 255, 255, 1] : parse(getComputedStyle(element).backgroundColor)
    const alpha = color[3] ?? 1
    return alpha === 1 ? color.slice(0, 3) : over(color, background(element.parentElement), alpha)
  }
  const opacity = (element) => (element === null ? 1 : Number(getComputedStyle(element).opacity) * opacity(element.parentElement))
  const faint = []
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')
    const isShown = element.getClientRects().length > 0 && !element.closest('title, script, noscript, .visually-hidden, :disabled')
    if (!own || !isShown) continue
    const style = getComputedStyle(element)
    const below = background(element.closest('svg')?.parentElement ?? element)
    const color = parse(element.closest('svg') ? style.fill : style.color)
    const [a, b] = [light(over(color, below, opacity(element))), light(below)].sort((x, y) => y - x)
    const size = parseFloat(style.fontSize)
    const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700)
    const contrast = (a + 0.05) / (b + 0.05)
    if (contrast < (isLarge ? 3 : 4.5)) faint.push(element.textContent + ' ' + contrast.toFixed(2))
  }
  return faint
})()`

/** What can be pressed or followed, and has no name. */
async function namelessIn(page: Page): Promise<unknown[]> {
  await page.send('Accessibility.enable')
  const { nodes } = (await page.send('Accessibility.getFullAXTree')) as {
    nodes: { role?: { value: string }; name?: { value: string }; ignored?: boolean }[]
  }
  const needName = ['button', 'link', 'image', 'table', 'region', 'group', 'progressbar']
  const named = nodes.filter(({ role, ignored }) => !ignored && needName.includes(role?.value ?? ''))
  assert.ok(named.length > 20, `${named.length} nodes`)
  return named.filter(({ name }) => !name?.value)
}
