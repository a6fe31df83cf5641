/** The browser, the server under test, and what every page is watched for. */
import AxeBuilder from '@axe-core/playwright'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'

/** Given by tests/operations/console.rs; by hand: a running server and its demo company. */
const given = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: these tests are started by "cargo test -p tests --test operations console"`)
  return value
}

export const at = given('CONSOLE_AT')
export const company = given('CONSOLE_COMPANY')
export const boss = { username: given('CONSOLE_BOSS'), password: given('CONSOLE_PASSWORD') }
export const viewer = { username: given('CONSOLE_VIEWER'), password: given('CONSOLE_PASSWORD') }
export const provider = { username: 'admin', password: given('CONSOLE_PROVIDER_PASSWORD') }

let browser: Browser
/** What no page may ever say: errors of scripts, refused by the CSP, words without a translation. */
let complaints: string[] = []
const open: { close: () => Promise<void> }[] = []

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-background-networking', '--disable-dev-shm-usage'],
  })
})

afterAll(async () => browser?.close())

afterEach(async () => {
  await Promise.all(open.splice(0).map((context) => context.close()))
  const heard = complaints
  complaints = []
  expect(heard, 'complaints of the pages').toEqual([])
})

/** A browser of somebody's own, with nothing in it. */
export async function visitor(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ baseURL: at, locale: 'ko-KR', timezoneId: 'Asia/Seoul', viewport: { width: 1280, height: 800 }, ...options })
  // far more than a page takes: the other tests of the run have the processor too
  context.setDefaultTimeout(25_000)
  open.push(context)
  context.on('page', watch)
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`))
  })
  return context.newPage()
}

const rooms = new Map<typeof boss, Page>()

/** A tab of somebody who is signed in already: the sign-in is not what every test is about, and it takes its time on purpose. */
export async function signedIn(who = boss): Promise<Page> {
  let room = rooms.get(who)
  if (!room) {
    room = await visitor()
    open.splice(open.indexOf(room.context()), 1)
    rooms.set(who, room)
    if (who === provider) await signInProvider(room)
    else await signIn(room, who)
  }
  const page = await room.context().newPage()
  open.push(page)
  return page
}

function watch(page: Page): void {
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
  page.on('console', (message) => {
    const text = message.text()
    // Chromium reports every 4xx of the API as an error; those are looked at by the tests
    if (['error', 'warning'].includes(message.type()) && !text.startsWith('Failed to load resource')) complaints.push(`${page.url()}: ${text}`)
  })
}

export async function go(page: Page, path: string): Promise<void> {
  await page.goto(`/frontend${path}`)
}

export async function signIn(page: Page, who = boss): Promise<void> {
  if (!page.url().includes('/sign-in')) await go(page, '/company/sign-in')
  await page.getByLabel('회사 코드').fill(company)
  await fillSignIn(page, who)
}

export async function signInProvider(page: Page): Promise<void> {
  await go(page, '/manager/sign-in')
  await fillSignIn(page, provider)
}

async function fillSignIn(page: Page, who: { username: string; password: string }): Promise<void> {
  await page.getByLabel('아이디 또는 이메일').fill(who.username)
  await page.getByLabel('비밀번호', { exact: true }).fill(who.password)
  await page.getByRole('button', { name: '로그인', exact: true }).click()
  await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'))
}

/** Nothing that hinders people who use the page otherwise. */
export async function expectAccessible(page: Page): Promise<void> {
  // what is still fading in has no contrast yet
  await page.evaluate(() => Promise.race([Promise.allSettled(document.getAnimations().map((one) => one.finished)), new Promise((resolve) => setTimeout(resolve, 1000))]))
  const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze()
  const serious = found.violations.filter((one) => ['serious', 'critical'].includes(one.impact ?? ''))
  expect(serious.map((one) => `${page.url()} ${one.id}: ${one.nodes.map((node) => `${node.html} ${node.failureSummary}`).join('\n')}`)).toEqual([])
}

interface Answer<T> {
  data: T
  etag: string | null
}

/** Calls the API beside the browser: what somebody else does in the meantime. */
export async function api<T>(method: string, path: string, token: string | null, body?: unknown): Promise<Answer<T>> {
  const headers = { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) }
  const response = await fetch(`${at}/api/v1${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  const envelope = (await response.json()) as { data: T }
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(envelope)}`)
  return { data: envelope.data, etag: response.headers.get('ETag') }
}

export async function token(who = boss): Promise<string> {
  const answer = await api<{ access_token: string }>('POST', '/tenants/auth/login', null, { tenant: company, ...who })
  return answer.data.access_token
}

export interface Organization {
  id: string
  name: string
  phone: string | null
}

let made = 0

/** A name no other test has. */
export const fresh = (what: string): string => `${what} ${process.pid % 1000}-${++made}`

export async function organization(more: Record<string, unknown> = {}): Promise<Organization> {
  return (await api<Organization>('POST', '/tenants/adm/organizations', await token(), { name: fresh('지사'), ...more })).data
}

/** Chooses by typing the name of what a field refers to. */
export async function choose(page: Page, label: string, name: string): Promise<void> {
  const box = page.getByRole('combobox', { name: label })
  await box.click()
  await box.pressSequentially(name)
  await page.getByRole('option', { name }).first().click()
}

/** Tab until the focus is there: what cannot be reached is found out. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let steps = 0; steps < 60; steps += 1) {
    const here = await page.evaluate(() => {
      const element = document.activeElement
      if (element === document.body) return ''
      const labels = element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? [...(element.labels ?? [])].map((label) => label.textContent) : []
      return [element?.getAttribute('aria-label'), ...labels, element?.textContent].filter(Boolean).join('|')
    })
    if (typeof name === 'string' ? here.includes(name) : name.test(here)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${String(name)} is not reached by Tab`)
}
