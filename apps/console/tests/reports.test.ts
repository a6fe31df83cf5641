import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { account, customer, month, owing, posted } from './books'
import { Counter } from './counting'
import { expectAccessible, fresh, go, signedIn, signIn, tabTo, visitor } from './world'

const REPORTS = [
  'trial-balance', 'profit-and-loss', 'balance-sheet', 'cash-flow', 'general-ledger', 'journal', 'aging', 'partner-statement', 'budget-vs-actual',
  'vat-return', 'vat-return-partners', 'vat-return-late', 'verify', 'transactions-verify',
]

const menu = (page: Page, name: string) => page.getByRole('navigation').first().getByRole('link', { name, exact: true })
const line = (page: Page, id: string) => page.locator(`tr[data-line$="/${id}"]`)

test('the trial balance of last month is at most three steps away', async () => {
  await posted('101', '401', '1234500')
  const page = await signedIn()
  await go(page, '/company')
  const by = new Counter(page)
  await by.click(menu(page, '시산표'))
  await by.select(page.getByLabel('기간'), month().label)
  await page.getByText(`${month().from} – ${month().to}`).waitFor()
  await line(page, await account('101')).waitFor()
  by.expectAtMost(3, 'trial balance of a month')
  expect(page.url()).toContain(`from=${month().from}&to=${month().to}`)
  expect(await page.locator('.line-total td').allTextContents()).toHaveLength(4)
  await expectAccessible(page)
})

test('a number leads to its ledger, and a line of it to its entry', async () => {
  const entry = await posted('812', '101', '4321')
  const page = await signedIn()
  await go(page, `/company/fim/reports/trial-balance?from=${month().from}&to=${month().to}`)
  await line(page, await account('812')).getByRole('link').nth(1).click()
  await page.getByRole('heading', { level: 1, name: /^계정별원장: 812/ }).waitFor()
  expect(page.url()).toContain(`from=${month().from}&to=${month().to}`)
  const row = page.getByRole('row', { name: new RegExp(entry.je_code) })
  await row.getByRole('link', { name: '4,321' }).first().waitFor()
  await page.getByText('기말 잔액').waitFor()
  await row.getByRole('link', { name: entry.je_code }).click()
  await page.getByRole('heading', { name: entry.je_code }).waitFor()
})

test('whoever looks for a report finds it: by its names in both languages, and by initial consonants', async () => {
  const page = await signedIn()
  await go(page, '/company')
  for (const typed of ['시산표', 'trial balance', 'ㅅㅅㅍ', '대차대조표', 'P&L']) {
    const box = page.getByRole('searchbox', { name: '전체 검색' })
    await box.fill(typed)
    await page.keyboard.press('Enter')
    const found = { 대차대조표: '재무상태표', 'P&L': '손익계산서' }[typed] ?? '시산표'
    await page.getByRole('main').getByRole('link', { name: found, exact: true }).waitFor()
  }
  await page.getByRole('main').getByRole('link', { name: '손익계산서' }).click()
  await page.getByRole('heading', { level: 1, name: '손익계산서' }).waitFor()
})

test('a report is compared, folds, and all it was asked for stands in the address', async () => {
  await posted('101', '401', '777')
  const page = await signedIn()
  await go(page, '/company/fim/reports/profit-and-loss')
  await page.getByLabel('기간').selectOption({ label: month().label })
  await page.waitForURL(/from=/)
  await page.getByLabel('비교', { exact: true }).selectOption('previous')
  await page.waitForURL(/compare=previous/)
  await page.getByRole('columnheader', { name: '증감' }).waitFor()
  await page.reload()
  await page.getByRole('columnheader', { name: '증감' }).waitFor()
  await line(page, await account('401')).waitFor()

  await tabTo(page, /^매출액$/)
  await page.keyboard.press('Enter')
  await line(page, await account('401')).waitFor({ state: 'detached' })
  expect(await page.getByRole('button', { name: '매출액', exact: true }).getAttribute('aria-expanded')).toBe('false')
  await page.getByRole('button', { name: '모두 펼치기' }).click()
  await line(page, await account('401')).waitFor()
  await page.goBack()
  await page.waitForURL((url) => !url.search.includes('compare'))
})

test('a report is taken along, headed as the console heads it', async () => {
  const page = await signedIn()
  await go(page, '/company/fim/reports/trial-balance')
  const waiting = page.waitForEvent('download')
  await page.getByRole('button', { name: '내보내기 CSV' }).click()
  const download = await waiting
  expect(download.suggestedFilename()).toMatch(/^시산표 .*\.csv$/)
  const chunks: Buffer[] = []
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
  expect(Buffer.concat(chunks).toString('utf8').split('\r\n')[0]).toContain('계정코드,계정명,기초 잔액,차변,대변,기말 잔액')
  const sheet = page.waitForEvent('download')
  await page.getByRole('button', { name: '내보내기 XLSX' }).click()
  expect((await sheet).suggestedFilename()).toMatch(/\.xlsx$/)
})

test('what is owed is drawn by age, and each part leads to its open items', async () => {
  const who = await customer()
  await owing(who.id, '550000')
  const page = await signedIn()
  await go(page, '/company/fim/reports/aging')
  const row = page.locator(`tr[data-line="${who.id}"]`)
  await row.getByRole('link', { name: '550,000' }).first().waitFor()
  expect(await row.locator('svg rect').evaluateAll((parts) => parts.some((part) => Number(part.getAttribute('width')) > 0))).toBe(true)
  await row.getByRole('link', { name: '550,000' }).first().click()
  await page.getByRole('heading', { level: 1, name: '미결 항목' }).waitFor()
  await page.getByRole('button', { name: /거래처:/ }).waitFor()
  await page.getByRole('row', { name: new RegExp(who.name) }).waitFor()
})

test('a customer is found by initial consonants, and what he owes is seen, in four steps', async () => {
  const who = await customer(fresh('뚝섬제과'))
  await owing(who.id, '98765000')
  const page = await signedIn()
  await go(page, '/company')
  const by = new Counter(page)
  await by.fill(page.getByRole('searchbox', { name: '전체 검색' }), 'ㄸㅅㅈㄱ')
  await by.press('Enter')
  await by.click(page.getByRole('main').getByRole('link', { name: who.name }))
  await page.getByRole('heading', { name: '거래 잔액' }).waitFor()
  await page.locator('.owed').getByRole('link', { name: '98,765,000' }).first().waitFor()
  by.expectAtMost(4, 'statement of a partner')
  await page.locator('.owed').getByRole('link', { name: '거래처원장' }).click()
  await page.getByRole('heading', { level: 1, name: `거래처원장: ${who.name}` }).waitFor()
})

test('a tax return is its boxes, and each leads to its documents', async () => {
  const page = await signedIn()
  await go(page, '/company/fim/reports/vat-return')
  await page.getByLabel('기간').selectOption({ label: '이번 분기' })
  await page.waitForURL(/from=/)
  await page.getByText('납부세액').waitFor()
  await page.locator('tr[data-line="1"]').getByRole('link').first().click()
  await page.getByRole('heading', { level: 1, name: '부가세 신고서 증빙: 1' }).waitFor()
  expect(page.url()).toMatch(/box=1.*from=/)
})

test('a ledger asks for its account first, and the books are verified', async () => {
  const page = await signedIn()
  await go(page, '/company/fim/reports/general-ledger')
  await page.getByText('계정과목: 먼저 고르십시오.').waitFor()
  await go(page, '/company/fim/reports/verify')
  await page.locator('.verdict[data-valid=true]').waitFor()
})

test('no report hinders anybody; in English it is English', async () => {
  const page = await visitor()
  await signIn(page)
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByText(/^Hello, /).waitFor()
  for (const name of REPORTS) {
    await go(page, `/company/fim/reports/${name}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    await expectAccessible(page)
    const said = (await page.locator('main').textContent()) ?? ''
    // names of partners and texts of entries are the company's own
    if (!['journal', 'aging', 'vat-return-partners', 'vat-return-late'].includes(name)) expect([name, /[가-힣]+/.exec(said)?.[0]]).toEqual([name, undefined])
    expect([name, /undefined|NaN|\[object/.exec(said)?.[0]]).toEqual([name, undefined])
  }
}, 150_000)

test('on a phone a report is no wider than the screen, and on paper it is the report alone', async () => {
  const page = await visitor({ viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true })
  await signIn(page)
  for (const name of REPORTS) {
    await go(page, `/company/fim/reports/${name}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    expect([name, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([name, 390])
  }
  await go(page, '/company/fim/reports/trial-balance')
  await page.locator('.report-table').waitFor()
  await page.emulateMedia({ media: 'print' })
  for (const hidden of ['.top', '.report-bar', '.fold-all']) expect([hidden, await page.locator(hidden).first().isVisible()]).toEqual([hidden, false])
  expect(await page.locator('.report-table').isVisible()).toBe(true)
}, 120_000)
