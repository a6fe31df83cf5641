import { expect, test } from 'vitest'
import type { Download, Page } from 'playwright-core'
import { bizNo, customer, owing } from './books'
import { Counter } from './counting'
import { api, expectAccessible, fresh, go, organization, provider, signedIn, signIn, token, visitor } from './world'

const text = async (download: Download): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

const cells = (page: Page, column: number) => page.locator(`tbody tr td:nth-child(${column})`).allTextContents()

test('a condition is a chip: added, changed, dropped', async () => {
  const made = await organization({ status: 'INACTIVE' })
  const page = await signedIn()
  await go(page, '/company/adm/organizations')
  await page.getByLabel('조건 추가').selectOption({ label: '상태' })
  await page.getByLabel('상태').selectOption('CLOSED')
  await page.getByRole('button', { name: '상태: 폐쇄' }).click()
  await page.getByLabel('상태', { exact: true }).selectOption('INACTIVE')
  await page.getByRole('button', { name: '상태: 사용 안 함' }).waitFor()
  await page.getByRole('cell', { name: made.name, exact: true }).waitFor()
  await expectAccessible(page)
  // what others sent along in an address is not hidden
  await go(page, '/company/adm/organizations?status=INACTIVE&is_headquarters=false')
  await page.getByRole('button', { name: '본사: 아니요' }).waitFor()
  await page.getByRole('button', { name: '상태 조건 지우기' }).click()
  await page.waitForURL((url) => !url.search.includes('status'))
  await page.getByRole('button', { name: '조건 지우기', exact: true }).click()
  await page.waitForURL((url) => url.search === '')
})

test('columns are chosen, moved, and remembered', async () => {
  await organization({ email: 'a@b.example' })
  const page = await signedIn()
  await go(page, '/company/adm/organizations')
  const heads = page.locator('thead th')
  await heads.first().waitFor()
  await page.getByText('열', { exact: true }).click()
  await page.getByRole('checkbox', { name: '이메일' }).check()
  await page.getByRole('checkbox', { name: '대표자' }).uncheck()
  await page.getByRole('button', { name: '이메일 앞으로' }).click()
  await expectAccessible(page)
  await page.reload()
  await page.getByRole('columnheader', { name: '이메일' }).waitFor()
  expect(await page.getByRole('columnheader', { name: '대표자' }).count()).toBe(0)
  await page.getByText('열', { exact: true }).click()
  await page.getByRole('button', { name: '처음대로' }).click()
  await page.getByRole('columnheader', { name: '대표자' }).waitFor()
})

test('a partner who is a customer leads to the page of the customer', async () => {
  const who = await customer()
  const page = await signedIn()
  await go(page, `/company/crm/partners?search=${encodeURIComponent(who.name)}`)
  await page.getByRole('heading', { level: 1, name: '거래처' }).waitFor()
  expect(await page.getByRole('link', { name: /등록/ }).count()).toBe(0)
  await page.getByRole('link', { name: who.name, exact: true }).click()
  await page.waitForURL(/\/crm\/customers\//)
  await page.getByRole('heading', { level: 1, name: who.name }).waitFor()
})

test('the chart of accounts stands by its codes', async () => {
  const page = await signedIn()
  await go(page, '/company/fim/accounts')
  await page.locator('tbody tr').first().waitFor()
  const codes = await cells(page, 1)
  expect(codes).toEqual([...codes].sort())
  await page.locator('th[aria-sort=ascending]', { hasText: '계정코드' }).waitFor()
})

test('money is summed for the page, by currency, and no cell has the end of an id', async () => {
  const who = await customer()
  await owing(who.id, '1000')
  await owing(who.id, '2500.5', { currency: 'USD', exchange_rate: '1400' })
  await owing(who.id, '0.25', { currency: 'USD', exchange_rate: '1400' })
  const page = await signedIn()
  await go(page, `/company/fim/open-items?partner_id=${who.id}`)
  await page.getByText('이 쪽 합계').waitFor()
  const sums = await page.locator('tfoot li').allTextContents()
  expect(sums.map((sum) => sum.replaceAll(/\s+/g, ' ').trim())).toEqual(expect.arrayContaining(['받을 금액 USD 2,500.75', '받을 금액 KRW 1,000']))
  await page.waitForLoadState('networkidle')
  expect((await page.locator('tbody').textContent()) ?? '').not.toMatch(/[0-9a-f]{8}/)
})

test('several rows are changed and deleted at once; who cannot be says why', async () => {
  const mark = fresh('묶음').replaceAll(' ', '')
  const [first, second] = [await organization({ name: `${mark} 가` }), await organization({ name: `${mark} 나` })]
  await api('POST', '/tenants/adm/departments', await token(), { name: '영업부', code: `L${Date.now() % 1_000_000}`, organization_id: first.id })
  const page = await signedIn()
  await go(page, `/company/adm/organizations?search=${encodeURIComponent(mark)}`)
  await page.getByRole('checkbox', { name: '이 쪽 모두 선택' }).check()
  await page.getByText('2건 선택').waitFor()
  await page.getByLabel('바꿀 항목').selectOption({ label: '대표자' })
  await page.getByRole('group', { name: '선택한 행' }).getByLabel('대표자').fill('박한꺼번')
  await page.getByRole('button', { name: '선택한 행에 적용' }).click()
  await page.getByText('2건을 처리했습니다.').first().waitFor()
  await expect.poll(() => page.getByRole('cell', { name: '박한꺼번' }).count()).toBe(2)
  await expectAccessible(page)

  await page.getByRole('button', { name: '선택한 행 삭제' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '삭제', exact: true }).click()
  await page.getByRole('alert').getByText(`${first.name}:`).waitFor()
  await page.getByRole('cell', { name: second.name, exact: true }).waitFor({ state: 'detached' })
  expect(await page.getByRole('cell', { name: first.name, exact: true }).count()).toBe(1)
})

test('an export is headed as the console heads the columns', async () => {
  const made = await organization()
  const page = await signedIn()
  await go(page, `/company/adm/organizations?search=${encodeURIComponent(made.name)}`)
  const waiting = page.waitForEvent('download')
  await page.getByRole('button', { name: '내보내기 CSV' }).click()
  const [heading = '', row = ''] = (await text(await waiting)).split(/\r?\n/)
  expect(heading.split(',')).toEqual(expect.arrayContaining(['조직명', '사업자등록번호', '등록 일시']))
  expect(row).toContain(made.name)
})

test('what is not there says so, inside the frame, and read-only lists make nothing', async () => {
  const page = await signedIn()
  for (const path of ['/company/nowhere', '/company/crm/nothing', '/company/adm/login-logs/new', '/company/fim/reports/nothing', '/company/fim/invoices/import', '/company/adm/sessions/x']) {
    await go(page, path)
    await page.getByRole('heading', { level: 1, name: '없는 주소입니다.' }).waitFor()
    await page.getByRole('navigation').first().waitFor()
    expect(page.url()).toContain(path)
  }
  await expectAccessible(page)
  await go(page, '/company/adm/login-logs')
  await page.getByRole('heading', { name: '로그인 기록' }).waitFor()
  expect(await page.getByRole('link', { name: /등록/ }).count()).toBe(0)
})

test('the latest news can be read', async () => {
  await organization()
  const page = await signedIn()
  await go(page, '/company')
  await page.getByRole('button', { name: '소식' }).click()
  await page.getByRole('dialog').getByRole('listitem').first().waitFor()
  await page.waitForTimeout(500) // the drawer comes in slowly, and is paler until then
  await expectAccessible(page)
})

test('the menu is Korean in Korean and English in English, and so are the lists of rights', async () => {
  const page = await visitor()
  await signIn(page)
  const side = page.getByRole('navigation').first()
  expect(((await side.textContent()) ?? '').replaceAll('API', '')).not.toMatch(/[A-Za-z]{2,}/)
  await go(page, '/company/adm/roles/new')
  await page.locator('.rights').waitFor()
  await page.locator('.rights details').evaluateAll((all) => all.forEach((one) => ((one as HTMLDetailsElement).open = true)))
  expect(((await page.locator('.rights').textContent()) ?? '').replaceAll(/API|\*/g, '')).not.toMatch(/[A-Za-z]{2,}/)
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('heading', { name: 'New role' }).waitFor()
  expect(await side.textContent()).not.toMatch(/[가-힣]/)
  expect(await page.locator('.rights').textContent()).not.toMatch(/[가-힣]/)
})

test("the provider's lists are Korean, too", async () => {
  const page = await signedIn(provider)
  await go(page, '/manager')
  const side = page.getByRole('navigation').first()
  await side.getByRole('link').first().waitFor()
  expect(((await side.textContent()) ?? '').replaceAll('API', '')).not.toMatch(/[A-Za-z]{2,}/)
})

/** A hundred customers, of whom two have something wrong. */
function hundred(mark: string): string {
  const rows = Array.from({ length: 100 }, (_, at) => `${mark} ${at + 1},${mark}${String(at + 1).padStart(3, '0')},${at === 10 ? '123' : ''},${at === 20 ? 'not an address' : `c${at}@a.example`}`)
  return ['고객명,코드,사업자등록번호,이메일', ...rows].join('\n')
}

test('a hundred customers are imported, two corrected on the way, in twelve steps; and taken back', async () => {
  const mark = `M${Date.now() % 10_000_000}`
  const page = await signedIn()
  await go(page, '/company')
  const by = new Counter(page)
  await by.click(page.getByRole('navigation').first().getByRole('link', { name: '고객', exact: true }))
  await by.click(page.getByRole('link', { name: '가져오기' }))
  await by.file(page.getByLabel('CSV 또는 XLSX 파일'), 'customers.csv', hundred(mark))
  await page.getByText('오류 2', { exact: true }).waitFor()
  await page.getByRole('heading', { name: /처음 5행/ }).waitFor()
  await expectAccessible(page)
  await by.fill(page.getByLabel('12행 사업자등록번호'), bizNo())
  await by.fill(page.getByLabel('22행 이메일'), 'c20@a.example')
  await by.click(page.getByRole('button', { name: '100행 가져오기' }))
  await page.getByText('모두 100행을 가져왔습니다.').waitFor()
  by.expectAtMost(12, 'import of a hundred rows')
  const count = async (): Promise<number> => (await api<{ total: number }>('GET', `/tenants/crm/customers?search=${mark}`, await token())).data.total
  expect(await count()).toBe(100)
  await page.reload()
  await page.getByRole('heading', { name: '가져온 결과' }).waitFor()
  await expectAccessible(page)

  // what was made by both files is there until both are taken back
  await go(page, '/company/crm/customers/import')
  await page.getByLabel('CSV 또는 XLSX 파일').setInputFiles({ name: 'other.csv', mimeType: 'text/csv', buffer: Buffer.from(`이름,코드\n${mark} 새,${mark}X`) })
  await page.getByRole('button', { name: '1행 가져오기' }).click()
  await page.getByText('등록 1').waitFor()
  expect(await count()).toBe(101)
  // the very same file is not taken twice without being asked
  await page.getByLabel('CSV 또는 XLSX 파일').setInputFiles({ name: 'other.csv', mimeType: 'text/csv', buffer: Buffer.from(`이름,코드\n${mark} 새,${mark}X`) })
  await page.getByText('오류 1', { exact: true }).waitFor()
  await page.getByLabel('2행 코드').fill(`${mark}Y`)
  await page.getByRole('button', { name: '1행 가져오기' }).click()
  await page.getByRole('button', { name: '그래도 다시 가져오기' }).waitFor()
  await page.getByRole('button', { name: '1행 되돌리기' }).click()
  await page.getByRole('heading', { name: '되돌렸습니다' }).waitFor()
  expect(await count()).toBe(100)
}, 120_000)

test('a column nobody knows is said to be something, or left out; what fails again is corrected again', async () => {
  const mark = `N${Date.now() % 10_000_000}`
  const page = await signedIn()
  await go(page, '/company/crm/customers/import')
  await page.getByLabel('CSV 또는 XLSX 파일').setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from(`이름,코드,별명,전자우편\n${mark} 가,${mark}A,ㅋ,bad`) })
  await page.getByText('알 수 없는 열이 있습니다.').waitFor()
  await page.getByLabel('별명').selectOption({ label: '가져오지 않음' })
  await page.getByLabel('전자우편').selectOption({ label: '이메일' })
  await page.getByRole('button', { name: '다시 검사' }).click()
  const cell = page.getByLabel('2행 이메일')
  await cell.fill('still bad')
  await page.getByRole('button', { name: /행 가져오기/ }).click()
  await page.getByText('이메일 주소여야 합니다').waitFor()
  await page.waitForFunction(() => !document.querySelector('progress'))
  await cell.fill('good@a.example')
  await page.getByRole('button', { name: '고친 1행 가져오기' }).click()
  await page.getByText('등록 1').waitFor()
  const found = await api<{ items: { email: string }[] }>('GET', `/tenants/crm/customers?search=${mark}`, await token())
  expect(found.data.items.map((one) => one.email)).toEqual(['good@a.example'])
})

test('what was taken along can be brought again, headings and all', async () => {
  const made = await organization()
  const page = await signedIn()
  await go(page, `/company/adm/organizations?search=${encodeURIComponent(made.name)}`)
  const waiting = page.waitForEvent('download')
  await page.getByRole('button', { name: '내보내기 XLSX' }).click()
  const chunks: Buffer[] = []
  for await (const chunk of await (await waiting).createReadStream()) chunks.push(chunk as Buffer)
  await page.getByRole('link', { name: '가져오기' }).click()
  await page.getByLabel('CSV 또는 XLSX 파일').setInputFiles({ name: 'a.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: Buffer.concat(chunks) })
  await page.getByRole('heading', { name: /검사 결과/ }).waitFor()
  await page.getByText('전체 1행').waitFor()
  await page.getByRole('columnheader', { name: '조직명' }).first().waitFor()
})

test('who may read customers and not all partners sees their names all the same', async () => {
  const boss = await token()
  const who = await customer()
  await owing(who.id, '1100')
  const username = `clerk${Date.now() % 10_000_000}`
  const role = { code: username.toUpperCase(), name: fresh('청구 담당'), permissions: ['fim.open-items.read', 'fim.invoices.*', 'fim.accounts.read', 'crm.customers.read'] }
  const made = await api<{ id: string }>('POST', '/tenants/adm/roles', boss, role)
  const password = 'correct-horse-battery-9'
  await api('POST', '/tenants/adm/users', boss, { username, email: `${username}@a.example`, full_name: '한청구', password, role_id: made.data.id })
  const page = await visitor()
  await signIn(page, { username, password })
  await go(page, `/company/fim/open-items?partner_id=${who.id}`)
  await page.locator('tbody').getByText(who.name).first().waitFor()
  await go(page, '/company/fim/invoices/new')
  await page.getByRole('combobox', { name: '거래처' }).pressSequentially(who.name)
  await page.getByRole('option', { name: who.name }).waitFor()
})
