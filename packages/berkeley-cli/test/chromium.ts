// Debian's Chromium without a window, driven over a pipe by its own protocol (https://chromedevtools.github.io/devtools-protocol).
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--hide-scrollbars',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-pipe',
]

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: Record<string, unknown>
  readonly result?: Record<string, unknown>
  readonly error?: { readonly message: string }
}

export interface Screen {
  readonly width: number
  readonly height: number
  readonly dark?: boolean
  readonly phone?: boolean
  readonly calm?: boolean
}

/** Runs a browser with one page while `use` runs. */
export async function withChromium<Result>(use: (page: Page) => Promise<Result>): Promise<Result> {
  const profile = await mkdtemp(join(tmpdir(), 'berkeley-chromium-'))
  const browser = spawn('chromium', [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const closed = once(browser, 'close')
  try {
    return await use(await Page.of(browser))
  } finally {
    browser.kill('SIGKILL')
    await closed
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

export class Page {
  /** What the page complained of: exceptions, what the policy forbade, failed requests. */
  readonly complaints: string[] = []
  /** Every address that it asked for. */
  readonly requests: string[] = []
  readonly #writing: Writable
  readonly #answers = new Map<number, (message: Message) => void>()
  #session = ''
  #count = 0

  private constructor(browser: ChildProcess) {
    const [writing, reading] = [browser.stdio[3] as Writable, browser.stdio[4] as Readable]
    this.#writing = writing
    let text = ''
    reading.setEncoding('utf8').on('data', (chunk: string) => {
      const messages = (text + chunk).split('\0')
      text = messages.pop() ?? ''
      for (const message of messages) this.#receive(JSON.parse(message))
    })
  }

  static async of(browser: ChildProcess): Promise<Page> {
    const page = new Page(browser)
    const { targetInfos } = (await page.send('Target.getTargets')) as {
      targetInfos: { type: string; targetId: string }[]
    }
    const { targetId } = targetInfos.find(({ type }) => type === 'page')!
    const attached = await page.send('Target.attachToTarget', { targetId, flatten: true })
    page.#session = attached.sessionId as string
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.send(`${domain}.enable`)
    return page
  }

  #receive({ id, method, params = {}, ...rest }: Message): void {
    if (id !== undefined) {
      this.#answers.get(id)?.(rest)
      this.#answers.delete(id)
    } else if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded') {
      this.complaints.push(JSON.stringify(params))
    } else if (method === 'Network.requestWillBeSent') {
      this.requests.push((params.request as { url: string }).url)
    }
  }

  send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#count
    const session = this.#session === '' ? {} : { sessionId: this.#session }
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ result, error }) => {
        if (result !== undefined) resolve(result)
        else reject(new Error(`${method}: ${error?.message}`))
      })
      this.#writing.write(`${JSON.stringify({ id, method, params, ...session })}\0`)
    })
  }

  async screen({ width, height, dark = false, phone = false, calm = false }: Screen): Promise<void> {
    const scale = phone ? 2 : 1
    await this.send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: scale,
      mobile: phone,
    })
    const features = [
      { name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' },
      { name: 'prefers-reduced-motion', value: calm ? 'reduce' : 'no-preference' },
    ]
    await this.send('Emulation.setEmulatedMedia', { features })
  }

  async open(url: string): Promise<void> {
    await this.send('Page.navigate', { url })
    await this.until("document.readyState === 'complete'")
  }

  /** What an expression gives in the page. */
  async ask<Value>(expression: string): Promise<Value> {
    const options = { expression, returnByValue: true, awaitPromise: true }
    const { result, exceptionDetails } = (await this.send('Runtime.evaluate', options)) as {
      result: { value: Value }
      exceptionDetails?: unknown
    }
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`)
    return result.value
  }

  /** Waits until an expression is true in the page. */
  async until(expression: string): Promise<void> {
    while (!(await this.ask<boolean>(`Boolean(${expression})`))) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async press(key: string): Promise<void> {
    const codes: Record<string, number> = {
      Tab: 9,
      Enter: 13,
      ' ': 32,
      ArrowRight: 39,
      ArrowDown: 40,
      End: 35,
    }
    const text = key === 'Enter' ? '\r' : key === ' ' ? ' ' : undefined
    const event = { key, code: key, windowsVirtualKeyCode: codes[key], ...(text && { text }) }
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', ...event })
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event })
  }

  /** The whole page as an image: PNG, or WebP of a quality. */
  async picture(quality?: number): Promise<Buffer> {
    const format = quality === undefined ? { format: 'png' } : { format: 'webp', quality }
    const { data } = await this.send('Page.captureScreenshot', { ...format, captureBeyondViewport: true })
    return Buffer.from(data as string, 'base64')
  }
}
