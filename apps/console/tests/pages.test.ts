import { expect, test } from 'vitest'
import { api, boss, choose, company, expectAccessible, fresh, go, organization, provider, signedIn, signIn, tabTo, token, viewer, visitor } from './world'

const COMPANY_PAGES = ['', '/account', '/adm/organizations/new', '/adm/users', '/adm/departments?view=tree', '/adm/settings', '/crm/opportunities?view=board', '/search?q=a']
const MANAGER_PAGES = ['', '/tnnt/tenants', '/idam/users/new', '/audt/audit-logs']

test('no page hinders anybody, whichever language', async () => {
  const page = await signedIn()
  for (const path of COMPANY_PAGES) {
    await go(page, `/company${path}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    await expectAccessible(page)
  }
  const other = await signedIn(provider)
  for (const path of MANAGER_PAGES) {
    await go(other, `/manager${path}`)
    await other.getByRole('heading', { level: 1 }).waitFor()
    await other.waitForLoadState('networkidle')
    await expectAccessible(other)
  }
}, 120_000)

test('English says the same, and what the API says is English too', async () => {
  const page = await visitor()
  await signIn(page)
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByText(/^Hello, /).waitFor()
  expect(await page.locator('html').getAttribute('lang')).toBe('en')
  await go(page, '/company/adm/organizations/new')
  await page.getByRole('heading', { name: 'New organization' }).waitFor()
  await page.getByRole('button', { name: 'Save' }).click()
  expect(await page.locator('[data-field=name] .error').textContent()).toMatch(/required/)
  expect(await page.locator('main').textContent()).not.toMatch(/[가-힣]/)
  await expectAccessible(page)
})

test('all of it can be done with keys alone', async () => {
  const page = await visitor()
  await go(page, '/company/sign-in')
  await tabTo(page, '회사 코드')
  await page.keyboard.type(company)
  await page.keyboard.press('Tab')
  await page.keyboard.type(boss.username)
  await page.keyboard.press('Tab')
  await page.keyboard.type(boss.password)
  await page.keyboard.press('Enter')
  await page.getByText('님, 안녕하십니까.').waitFor()

  const name = fresh('자판')
  await go(page, '/company/adm/organizations')
  await page.getByRole('link', { name: '조직 등록' }).waitFor()
  await tabTo(page, '조직 등록')
  await page.keyboard.press('Enter')
  await page.getByLabel('조직명').waitFor()
  await tabTo(page, '조직명')
  await page.keyboard.type(name)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name }).waitFor()

  await tabTo(page, '삭제')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  // the focus stays inside …
  for (let steps = 0; steps < 6; steps += 1) {
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.closest('[role=dialog]') !== null)).toBe(true)
  }
  // … and goes back to the button
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  await page.waitForFunction(() => document.activeElement?.textContent?.includes('삭제'))
})

test('on a phone nothing is wider than the screen, and the menu is behind a button', async () => {
  await organization({ ceo_name: '홍길동', phone: '02-1234-5678' })
  const page = await visitor({ viewport: { width: 375, height: 700 }, isMobile: true, hasTouch: true })
  await signIn(page)
  for (const path of ['', '/adm/organizations', '/adm/organizations/new', '/adm/settings', '/adm/departments?view=tree']) {
    await go(page, `/company${path}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    expect([path, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([path, 375])
  }
  await page.getByRole('button', { name: '메뉴' }).click()
  await page.getByRole('dialog').getByRole('link', { name: '사용자', exact: true }).click()
  await page.getByRole('heading', { name: '사용자' }).waitFor()
})

test('a department is made below an organization chosen by its name, and stands in the tree', async () => {
  const above = await organization()
  const page = await signedIn()
  const name = fresh('개발부')
  await go(page, '/company/adm/departments/new')
  await page.getByLabel('부서명').fill(name)
  await page.getByLabel('코드').fill(`T${Date.now() % 10_000_000}`)
  await choose(page, '조직', above.name)
  await page.getByRole('button', { name: '저장' }).click()
  await page.getByRole('heading', { name }).waitFor()
  await page.getByRole('definition').getByRole('link', { name: above.name }).waitFor()
  await go(page, '/company/adm/departments?view=tree')
  await page.getByRole('heading', { name: above.name }).waitFor()
  await page.getByRole('link', { name: `${name} 아래에 등록` }).click()
  await page.getByLabel('부서명').waitFor()
  expect(page.url()).toContain('parent_id=')
})

test('the rights of a role are ticked by domain, and only what one holds can be given', async () => {
  const page = await signedIn()
  const code = `R${Date.now() % 10_000_000}`
  await go(page, '/company/adm/roles/new')
  await page.getByLabel('역할명').fill(fresh('지점장'))
  await page.getByLabel('코드').fill(code)
  await page.locator('.rights summary', { hasText: '회사 관리' }).click()
  const rights = page.getByRole('group', { name: '조직' })
  await rights.getByRole('checkbox', { name: '조회' }).check()
  await page.getByRole('group', { name: '부서' }).getByRole('checkbox', { name: '전체' }).check()
  expect(await page.getByRole('group', { name: '부서' }).getByRole('checkbox', { name: '삭제' }).isDisabled()).toBe(true)
  await page.getByRole('button', { name: '저장' }).click()
  await page.getByText('등록했습니다.').first().waitFor()
  const found = await api<{ items: { permissions: string[] }[] }>('GET', `/tenants/adm/roles?code=${code}`, await token())
  expect(found.data.items[0]?.permissions.sort()).toEqual(['adm.departments.*', 'adm.organizations.read'])
})

test('the provider makes a company with its administrator, and suspends it with a reason', async () => {
  const page = await signedIn(provider)
  const code = `co${Date.now() % 10_000_000}`
  await go(page, '/manager/tnnt/tenants/new')
  await page.getByLabel('고객사명').fill('새한상사')
  await page.getByLabel('회사 코드').fill(code)
  await page.getByLabel('시작일').fill('2026-01-01')
  await page.getByRole('checkbox', { name: /첫 관리자/ }).check()
  const admin = page.getByRole('group', { name: /첫 관리자/ })
  await admin.getByLabel('이메일').fill('not an address')
  await admin.getByLabel('이름').fill('김새한')
  await admin.getByLabel('아이디').fill('kim')
  await page.getByRole('button', { name: '저장' }).click()
  await page.locator('[data-field="admin.email"] .error').waitFor()
  await admin.getByLabel('이메일').fill(`kim@${code}.example`)
  await page.getByRole('button', { name: '저장' }).click()
  await page.getByRole('heading', { name: '새한상사' }).waitFor()
  await page.getByRole('heading', { name: '준비 단계' }).waitFor()
  await page.getByText('더 보기').click()
  await page.getByRole('button', { name: '정지' }).click()
  await page.getByRole('dialog').getByLabel('사유').fill('미납')
  await page.getByRole('dialog').getByRole('button', { name: '정지' }).click()
  await page.getByRole('definition').getByText('미납').waitFor()
})

test('who acts as somebody else is never without the banner', async () => {
  const admin = await token()
  await api('POST', '/tenants/adm/support-consents', admin, { reason: '도움 요청' })
  const users = await api<{ items: { id: string; username: string }[] }>('GET', '/tenants/adm/users?page_size=100', admin)
  const user = users.data.items.find((one) => one.username === viewer.username)
  const page = await visitor()
  await go(page, '/manager/sign-in')
  await page.getByLabel('아이디 또는 이메일').fill(provider.username)
  await page.getByLabel('비밀번호', { exact: true }).fill(provider.password)
  await page.getByRole('button', { name: '로그인', exact: true }).click()
  await page.getByText('님, 안녕하십니까.').waitFor()
  await go(page, '/manager/idam/impersonations/new')
  await page.getByLabel('사유').fill('화면 확인')
  await choose(page, '고객사', company)
  await page.getByLabel('대리 대상 사용자').fill(user?.id ?? '')
  await page.getByRole('button', { name: '저장' }).click()
  await page.getByText(/정조회 님을 대신하여 작업 중입니다/).waitFor()
  await page.reload()
  await page.getByText(/정조회 님을 대신하여 작업 중입니다/).waitFor()
  await page.getByRole('button', { name: '대리 작업 끝내기' }).click()
  await page.waitForURL(/company\/sign-in/)
})

/** Events are numbered by the worker, a moment after what they tell of. */
async function told(of: string): Promise<void> {
  const boss = await token()
  await expect
    .poll(async () => (await api<{ items: { aggregate_id: string }[] }>('GET', '/tenants/adm/events?kind=adm.organization.created&limit=500', boss)).data.items.some((one) => one.aggregate_id === of), {
      timeout: 25_000,
    })
    .toBe(true)
}

test('what happened lately is told, and leads to where it happened', async () => {
  const made = await organization()
  const page = await signedIn()
  await told(made.id)
  await go(page, '/company')
  await page.getByRole('button', { name: '소식' }).click()
  await page.getByRole('dialog').getByRole('link', { name: '조직 등록' }).first().click()
  await page.getByRole('heading', { name: made.name }).waitFor()
})

test('one search looks everywhere', async () => {
  const made = await organization()
  const page = await signedIn()
  await go(page, '/company')
  await page.getByRole('searchbox', { name: '전체 검색' }).fill(made.name)
  await page.keyboard.press('Enter')
  await page.getByRole('main').getByRole('link', { name: made.name }).click()
  await page.getByRole('heading', { name: made.name }).waitFor()
})
