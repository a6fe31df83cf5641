import { expect, test } from 'vitest'
import { api, boss, expectAccessible, fresh, go, provider, signedIn, signIn, token, viewer, visitor } from './world.ts'

const today = (): string => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul' }).format(new Date())

async function deal(): Promise<void> {
  await api('POST', '/tenants/crm/opportunities', await token(), { name: fresh('납품'), amount: '1200000' })
}

test('the first page says what concerns one, and each figure leads on', async () => {
  await deal()
  const subject = fresh('전화')
  await api('POST', '/tenants/crm/activities', await token(), { activity_type: 'CALL', subject, activity_date: today() })
  const page = await signedIn()
  await go(page, '/company')
  const main = page.getByRole('main')
  await main.getByRole('heading', { name: '할 일' }).waitFor()
  await expectAccessible(page)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true)

  await main.getByRole('link', { name: subject }).click()
  await page.getByRole('heading', { name: subject }).waitFor()
  await page.goBack()
  await main.getByRole('region', { name: '진행 중인 영업 기회' }).getByRole('link').first().click()
  await page.waitForURL((url) => url.pathname.endsWith('/crm/opportunities') && url.searchParams.get('status') === 'OPEN')
})

test('the VAT return has a day', async () => {
  const page = await signedIn()
  await go(page, '/company')
  await page.getByRole('region', { name: '기한' }).getByText(/^\d{4}-\d\d-\d\d · /).first().waitFor()
  const link = page.getByRole('region', { name: '기한' }).getByRole('link', { name: '부가가치세 신고' })
  expect(await link.getAttribute('href')).toMatch(/\/company\/fim\/reports\/vat-return\?from=\d{4}-\d\d-01&to=/)
})

test('sales are bars for the eye and a table for everybody', async () => {
  const at = today()
  const accounts = await api<{ items: { id: string; account_code: string }[] }>('GET', '/tenants/fim/accounts?page_size=100', await token())
  const id = (code: string): string => accounts.data.items.find((one) => one.account_code === code)?.id ?? ''
  const lines = [{ account_id: id('101'), debit_amount: '770000' }, { account_id: id('401'), credit_amount: '770000' }]
  const made = await api<{ id: string }>('POST', '/tenants/fim/transactions', await token(), { je_date: at, description: '현금 매출', lines })
  await api('POST', `/tenants/fim/transactions/${made.data.id}/post`, await token(), {})
  const page = await signedIn()
  await go(page, '/company')
  const sales = page.getByRole('region', { name: '이번 달 매출' })
  await sales.locator('svg rect').nth(11).waitFor()
  await sales.getByText('표로 보기').click()
  const row = sales.getByRole('row', { name: new RegExp(`^${at.slice(0, 7)}`) })
  await row.getByRole('link').waitFor()
  expect(await sales.getByRole('row').count()).toBe(13)
  expect(await row.getByRole('link').getAttribute('href')).toContain(`profit-and-loss?from=${at.slice(0, 7)}-01`)
  await page.getByRole('region', { name: '현금·예금' }).getByRole('link').first().waitFor()
  await expectAccessible(page)
})

test('it fits a phone, in English too', async () => {
  const page = await visitor({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true })
  await signIn(page, boss)
  await page.getByRole('region', { name: '할 일' }).waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await page.evaluate(() => localStorage.setItem('cxg.language', 'en'))
  await page.reload()
  await page.getByRole('region', { name: 'Tasks' }).waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await expectAccessible(page)
})

test('who may only look sees what they may', async () => {
  const page = await signedIn(viewer)
  await go(page, '/company')
  await page.getByText('님, 안녕하십니까.').waitFor()
  await expectAccessible(page)
  expect(await page.getByRole('link', { name: '첫 세금계산서 작성' }).count()).toBe(0)
})

test('the provider sees companies, sign-ins, dead letters and the audit', async () => {
  const page = await signedIn(provider)
  await go(page, '/manager')
  for (const name of ['고객사', '지난 24시간의 운영자 로그인', '처리하지 못한 이벤트', '감사 기록']) await page.getByRole('region', { name }).waitFor()
  await expectAccessible(page)
  await page.getByRole('region', { name: '고객사' }).getByRole('listitem').filter({ hasText: '사용' }).getByRole('link').first().click()
  await page.waitForURL((url) => url.searchParams.get('status') === 'ACTIVE')
})
