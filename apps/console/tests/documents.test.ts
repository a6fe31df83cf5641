import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { bizNo } from './books'
import { Counter } from './counting'
import { api, expectAccessible, fresh, go, signedIn, signIn, tabTo, token, visitor } from './world'

interface Partner {
  id: string
  name: string
  code: string
}

interface Invoice {
  id: string
  invoice_no: string | null
  status: string
  total_amount: string
  paid_amount: string
  remark: string | null
  lines: { id: string; product_name: string; quantity: string; unit_price: string }[]
}

let number = Date.now() % 1_000_000

async function partner(type = 'CUSTOMER'): Promise<Partner> {
  const body = { name: fresh('한일상사'), code: `D${++number}`, type, biz_no: bizNo(), ceo_name: '홍길동' }
  return (await api<Partner>('POST', '/tenants/crm/customers', await token(), body)).data
}

/** An invoice bears the number of the company's headquarters. */
beforeAll(async () => {
  const me = await token()
  const found = await api<{ items: { biz_no: string | null }[] }>('GET', '/tenants/adm/organizations?is_headquarters=true', me)
  if (found.data.items.some((one) => one.biz_no)) return
  await api('POST', '/tenants/adm/organizations', me, { name: fresh('본점'), is_headquarters: true, biz_no: bizNo(), ceo_name: '김본점' })
})

const today = (): string => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10)

async function draft(more: Record<string, unknown> = {}): Promise<Invoice> {
  const lines = [
    { product_name: '키보드', quantity: '10', unit_price: '12000' },
    { product_name: '마우스', quantity: '3', unit_price: '5500' },
  ]
  return (await api<Invoice>('POST', '/tenants/fim/invoices', await token(), { invoice_date: today(), partner_id: (await partner()).id, lines, ...more })).data
}

async function issued(more: Record<string, unknown> = {}): Promise<Invoice> {
  const { id } = await draft(more)
  return (await api<Invoice>('POST', `/tenants/fim/invoices/${id}/issue`, await token(), {})).data
}

const invoice = async (id: string): Promise<Invoice> => (await api<Invoice>('GET', `/tenants/fim/invoices/${id}`, await token())).data
const idOf = (page: Page): string => new URL(page.url()).pathname.split('/').pop() ?? ''
const total = (page: Page, name: string) => page.locator(`[data-total=${name}]`)

/** The two lines of most of these invoices. */
async function fillLines(by: Counter): Promise<void> {
  await by.fill('1행 품목', '키보드')
  await by.fill('1행 수량', '10')
  await by.fill('1행 단가', '12,000')
  await by.fill('2행 품목', '마우스')
  await by.fill('2행 수량', '3')
  await by.fill('2행 단가', '5500')
}

test('a sales invoice of two lines is issued; its totals are the server’s before it is saved', async () => {
  const who = await partner()
  const page = await signedIn()
  const by = new Counter(page)
  await go(page, '/company/fim/invoices')
  await by.click(page.getByRole('link', { name: '세금계산서 등록' }))
  await by.pick('거래처', who.code)
  await fillLines(by)
  await total(page, 'total_amount').getByText('150,150').waitFor()
  await expectAccessible(page)
  await by.click(page.getByRole('button', { name: '저장', exact: true }))
  await by.click(page.locator('[data-action=issue]'))
  const dialog = page.getByRole('dialog')
  await dialog.getByText('발행합니다.').waitFor()
  await dialog.getByText('비우면: 오늘').waitFor()
  await by.click(dialog.getByRole('button', { name: '발행', exact: true }))
  await page.getByText(/^INV-.*발행했습니다\.$/).waitFor()
  by.expectAtMost(14, 'sales invoice')
  await page.locator('[data-state]', { hasText: '발행됨' }).waitFor()
  await page.getByRole('cell', { name: '401 상품매출' }).first().waitFor()
  expect(await invoice(idOf(page))).toMatchObject({ status: 'ISSUED', total_amount: '150150' })
  // an issued invoice is neither changed nor deleted, and no id of the machine is on its page
  expect(await page.getByRole('button', { name: /^(수정|삭제)$/ }).count()).toBe(0)
  expect(await page.locator('main').innerText()).not.toMatch(/…?[0-9a-f]{8}-[0-9a-f]{4}|…[0-9a-f]{8}/)
  await expectAccessible(page)
})

test('a purchase invoice is entered, and its supplier found again by name', async () => {
  const who = await partner('BOTH')
  const page = await signedIn()
  const by = new Counter(page)
  await go(page, '/company/fim/invoices')
  await by.click(page.getByRole('link', { name: '세금계산서 등록' }))
  await by.select('매출·매입', 'PURCHASE')
  await by.pick('거래처', who.code)
  await by.fill('공급자 계산서 번호', `V-${++number}`)
  await fillLines(by)
  await by.click(page.getByRole('button', { name: '저장하고 발행' }))
  await page.getByText(/^PINV-.*발행했습니다\.$/).waitFor()
  by.expectAtMost(14, 'purchase invoice')

  await go(page, '/company/fim/invoices/new')
  await page.getByLabel('매출·매입').selectOption('PURCHASE')
  await page.getByRole('combobox', { name: '거래처' }).pressSequentially(who.name)
  await page.locator('.offers').getByRole('option', { name: who.name }).first().click()
  expect(await page.getByRole('combobox', { name: '거래처' }).inputValue()).toContain(who.name)
})

test('a receipt is registered on an invoice and settles it', async () => {
  const made = await issued()
  const page = await signedIn()
  const by = new Counter(page)
  await go(page, `/company/fim/invoices/${made.id}`)
  await by.click(page.getByRole('link', { name: '수금 등록' }))
  await page.getByRole('checkbox', { name: `${made.invoice_no} 선택` }).waitFor()
  expect(await page.getByRole('checkbox', { name: `${made.invoice_no} 선택` }).isChecked()).toBe(true)
  expect(await page.locator('[data-field=amount] input').inputValue()).toBe('150150')
  await by.pick('입출금 계정', '103')
  await expectAccessible(page)
  await by.click(page.getByRole('button', { name: '저장하고 완료' }))
  await page.getByText(/^PAY-.*완료했습니다\.$/).waitFor()
  by.expectAtMost(8, 'receipt')
  await page.getByRole('cell', { name: made.invoice_no ?? '' }).waitFor()
  expect((await invoice(made.id)).paid_amount).toBe('150150')
  await go(page, `/company/fim/invoices/${made.id}`)
  await page.locator('[data-state]').waitFor()
  expect(await page.getByRole('link', { name: '수금 등록' }).count()).toBe(0)
})

test('what was paid without saying what for is allocated by ticking', async () => {
  const who = await partner()
  const made = await issued({ partner_id: who.id })
  const me = await token()
  const accounts = await api<{ items: { id: string }[] }>('GET', '/tenants/fim/accounts?account_code=103', me)
  const body = { transaction_type: 'RECEIPT', partner_id: who.id, amount: '100000', account_id: accounts.data.items[0]?.id, transaction_date: today(), payment_method: 'BANK_TRANSFER' }
  const payment = (await api<{ id: string }>('POST', '/tenants/fim/payments', me, body)).data
  await api('POST', `/tenants/fim/payments/${payment.id}/complete`, me, {})
  const page = await signedIn()
  const by = new Counter(page)
  await go(page, `/company/fim/payments/${payment.id}`)
  await by.click(page.locator('[data-action=allocate]'))
  const dialog = page.getByRole('dialog')
  await by.click(dialog.getByRole('checkbox', { name: `${made.invoice_no} 선택` }))
  // more than is left of the payment: the refusal stands beside the amount, or above the form, in words
  await by.click(dialog.getByRole('button', { name: '배분', exact: true }))
  await dialog.locator('.problem, .error').first().waitFor()
  expect(await dialog.textContent()).not.toMatch(/item_id|allocations/)
  await by.fill(`${made.invoice_no} 정리할 금액`, '100,000')
  await by.click(dialog.getByRole('button', { name: '배분', exact: true }))
  await page.getByText(/^PAY-.*배분했습니다\.$/).waitFor()
  expect((await invoice(made.id)).paid_amount).toBe('100000')
})

test('a journal entry of three lines is posted, and shows both sides', async () => {
  const page = await signedIn()
  const by = new Counter(page)
  await go(page, '/company/fim/transactions')
  await by.click(page.getByRole('link', { name: '전표 등록' }))
  await by.fill('적요', '사무용품 구입')
  await by.pick('1행 계정과목', '830')
  await by.fill('1행 차변', '100000')
  await by.pick('2행 계정과목', '135')
  await by.fill('2행 차변', '10000')
  await by.pick('3행 계정과목', '보통예금')
  // unbalanced so far: the server's words and sums
  await page.getByText(/차이는 110000입니다/).waitFor()
  await total(page, 'total_debit').getByText('110,000').waitFor()
  await by.fill('3행 대변', '110000')
  await by.click(page.getByRole('button', { name: '저장하고 전기' }))
  await page.getByText(/^JE-.*전기했습니다\.$/).waitFor()
  by.expectAtMost(16, 'journal entry')
  await page.getByRole('cell', { name: '103 보통예금' }).waitFor()
  expect(await page.locator('tfoot').textContent()).toMatch(/110,000.*110,000/)
  await expectAccessible(page)
})

test("a draft's lines are changed; only what the API knows is sent", async () => {
  const made = await draft()
  const page = await signedIn()
  const sent: Record<string, unknown>[] = []
  page.on('request', (request) => {
    if (request.method() === 'PATCH') sent.push(request.postDataJSON() as Record<string, unknown>)
  })
  const by = new Counter(page)
  await go(page, `/company/fim/invoices/${made.id}`)
  await by.click(page.getByRole('button', { name: '수정', exact: true }))
  await by.fill('2행 단가', '7500')
  await total(page, 'total_amount').getByText('156,750').waitFor()
  await by.click(page.getByRole('button', { name: '저장', exact: true }))
  await page.getByText('저장했습니다.').first().waitFor()
  by.expectAtMost(5, "a draft's lines")
  expect(Object.keys(sent[0] ?? {})).toEqual(['lines'])
  const line = (sent[0]?.lines as Record<string, unknown>[])[1] ?? {}
  expect(line).toMatchObject({ id: made.lines[1]?.id, unit_price: '7500' })
  for (const name of ['line_no', 'supply_amount', 'tax_amount', 'total_amount']) expect(line).not.toHaveProperty(name)
  expect(await invoice(made.id)).toMatchObject({ total_amount: '156750' })

  // a line away, one copied, one moved up
  await page.getByRole('button', { name: '수정', exact: true }).click()
  await page.getByRole('button', { name: '1행 복사' }).click()
  await page.getByRole('button', { name: '3행 위로' }).click()
  await page.getByRole('button', { name: '1행 삭제' }).click()
  await page.getByRole('button', { name: '저장', exact: true }).click()
  await page.getByText('저장했습니다.').first().waitFor()
  await page.getByRole('button', { name: '수정', exact: true }).waitFor()
  expect((await invoice(made.id)).lines.map((one) => one.product_name)).toEqual(['마우스', '키보드'])
})

test('a table of a spreadsheet is pasted; what cannot be found says so at its cell', async () => {
  const page = await signedIn()
  await go(page, '/company/fim/transactions/new')
  await page.getByLabel('1행 계정과목').focus()
  const paste = async (text: string): Promise<void> =>
    page.evaluate((words) => {
      const data = new DataTransfer()
      data.setData('text/plain', words)
      document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
    }, text)
  await paste('차변\t대변\t계정과목\n"110,000"\t\t보통예금\n\t110000\t없는 계정\n')
  await page.getByText('찾을 수 없습니다: 없는 계정').waitFor()
  expect(await page.getByLabel('1행 계정과목').inputValue()).toBe('103 보통예금')
  expect(await page.getByLabel('1행 차변').inputValue()).toBe('110,000')
  // without headings, from the cell that has the focus on
  await page.getByLabel('2행 계정과목').focus()
  await paste('401\t\t110000')
  await page.getByText('찾을 수 없습니다').waitFor({ state: 'detached' })
  await total(page, 'total_credit').getByText('110,000').waitFor()
})

test('what is wrong stands at its cell and has the focus; a half-filled form is not left without a question', async () => {
  const who = await partner()
  const page = await signedIn()
  await go(page, '/company/fim/invoices/new')
  await new Counter(page).pick('거래처', who.code)
  await page.getByLabel('2행 품목').waitFor({ state: 'detached' })
  await page.getByLabel('1행 품목').fill('키보드')
  await page.getByLabel('2행 품목').fill('마우스')
  await page.getByLabel('1행 수량').fill('1')
  await page.getByLabel('1행 단가').fill('100')
  await page.getByLabel('2행 단가').fill('many')
  await page.getByRole('button', { name: '저장', exact: true }).click()
  await page.locator('[data-cell="1.1"] .error').waitFor()
  expect(await page.getByLabel('2행 단가').getAttribute('aria-invalid')).toBe('true')
  expect(await page.getByLabel('1행 단가').getAttribute('aria-invalid')).toBeNull()
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === '2행 수량')
  await expectAccessible(page)

  await page.getByRole('link', { name: '취소' }).click()
  const dialog = page.getByRole('dialog', { name: '저장하지 않은 내용' })
  await dialog.getByRole('button', { name: '계속 작성' }).click()
  await dialog.waitFor({ state: 'hidden' })
  expect(await page.getByLabel('1행 품목').inputValue()).toBe('키보드')
  await page.getByRole('link', { name: '취소' }).click()
  await dialog.getByRole('button', { name: '버리고 나가기' }).click()
  await page.waitForURL(/\/fim\/invoices$/)
})

test('who comes second to an action is told that it was done; a version without a difference is no conflict', async () => {
  const made = await draft()
  const page = await signedIn()
  await go(page, `/company/fim/invoices/${made.id}`)
  await page.locator('[data-action=issue]').waitFor()
  await api('POST', `/tenants/fim/invoices/${made.id}/issue`, await token(), {})
  await page.locator('[data-action=issue]').click()
  await page.getByRole('dialog').getByRole('button', { name: '발행', exact: true }).click()
  await page.getByText(/이미 발행됨 상태입니다/).waitFor()
  await page.locator('[data-state]', { hasText: '발행됨' }).waitFor()

  const other = await draft({ remark: '처음' })
  await go(page, `/company/fim/invoices/${other.id}`)
  await page.getByRole('button', { name: '수정', exact: true }).click()
  await page.getByLabel('1행 수량').fill('11')
  for (const remark of ['그사이', '처음']) await api('PATCH', `/tenants/fim/invoices/${other.id}`, await token(), { remark })
  await page.getByRole('button', { name: '저장', exact: true }).click()
  await page.getByText('저장했습니다.').first().waitFor()
  // and what one did oneself is no reason either: changed, then issued at once
  await page.locator('[data-action=issue]').click()
  await page.getByRole('dialog').getByRole('button', { name: '발행', exact: true }).click()
  await page.getByText(/^INV-.*발행했습니다\.$/).waitFor()
})

test('an action that is hard to take back names the document, and 닫기 is not 취소', async () => {
  const made = await issued()
  const page = await signedIn()
  await go(page, `/company/fim/invoices/${made.id}`)
  await page.getByText('더 보기').click()
  await page.locator('[data-action=cancel]').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(new RegExp(`^${made.invoice_no}[을를] 취소합니다\\.$`)).waitFor()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: '닫기' }).first().click()
  await dialog.waitFor({ state: 'hidden' })
  expect((await invoice(made.id)).status).toBe('ISSUED')
  await page.getByText('더 보기').click()
  await page.locator('[data-action=cancel]').click()
  await dialog.getByLabel('사유').fill('잘못 발행')
  await dialog.getByRole('button', { name: '취소', exact: true }).click()
  await page.locator('[data-state]', { hasText: '취소됨' }).waitFor()
  // what it was connected with stands beside it
  await page.locator('[data-beside=links]').getByRole('link', { name: /^JE-/ }).first().waitFor()
  await page.locator('[data-beside=history]').getByText('취소 일시').waitFor()
})

test('an entry is made with keys alone: codes, Tab, Enter downwards', async () => {
  const page = await signedIn()
  await go(page, '/company/fim/transactions/new')
  await page.getByLabel('1행 계정과목').waitFor()
  await tabTo(page, '1행 계정과목')
  await page.keyboard.type('103')
  await page.keyboard.press('Tab')
  await page.keyboard.type('5000')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === '2행 차변')
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.type('401')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.type('5000')
  // typed again, it is another amount, and not a longer one
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.type('5000')
  await page.keyboard.press('Alt+ArrowUp')
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === '1행 대변')
  await tabTo(page, '저장하고 전기')
  await page.keyboard.press('Enter')
  await page.getByText(/^JE-.*전기했습니다\.$/).waitFor()
  await page.getByRole('row', { name: /^1 401 상품매출/ }).waitFor()
})

test('on a phone and in English it is the same page', async () => {
  const made = await issued()
  const page = await visitor({ viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true })
  await signIn(page)
  await page.getByRole('button', { name: 'English' }).click()
  for (const path of [`/fim/invoices/${made.id}`, '/fim/invoices/new', '/fim/transactions/new', '/fim/payments/new', '/fim/bank-statements/new', '/fim/clearings/new', '/crm/customers/new', '/crm/activities/new']) {
    await go(page, `/company${path}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    expect([path, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([path, 390])
    await expectAccessible(page)
  }
  await go(page, `/company/fim/invoices/${made.id}`)
  await page.getByText('More').first().click()
  await page.locator('[data-action=cancel]').click()
  await page.getByRole('dialog').getByText(`Cancel ${made.invoice_no}.`).waitFor()
})
