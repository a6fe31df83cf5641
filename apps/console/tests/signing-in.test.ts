import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { api, boss, company, expectAccessible, fresh, go, signIn, signInProvider, token, viewer, visitor } from './world'

test('the people of a company sign in and see whose console it is', async () => {
  const page = await visitor()
  await go(page, '/')
  await signIn(page)
  await page.getByText('님, 안녕하십니까.').waitFor()
  expect(await page.title()).toMatch(/안녕하십니까. · CXG$/)
  expect(await page.locator('html').getAttribute('lang')).toBe('ko')
})

test("the provider's staff sign in on their own side", async () => {
  const page = await visitor()
  await signInProvider(page)
  await page.getByRole('navigation').getByRole('link', { name: '고객사' }).click()
  await page.getByRole('cell', { name: company, exact: true }).waitFor()
  expect(page.url()).toContain('/frontend/manager/tnnt/tenants')
})

test('a wrong password is said, and nothing is kept', async () => {
  const page = await visitor()
  await go(page, '/company/sign-in')
  await page.getByLabel('회사 코드').fill(company)
  await page.getByLabel('아이디 또는 이메일').fill(fresh('nobody').replaceAll(' ', ''))
  await page.getByLabel('비밀번호', { exact: true }).fill('not my password')
  await page.getByRole('button', { name: '로그인', exact: true }).click()
  expect(await page.getByRole('alert').textContent()).toMatch(/[가-힣]/)
  expect(await page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('cxg.')))).toEqual([])
  await expectAccessible(page)
})

test('a reload keeps one signed in, on the same page', async () => {
  const page = await visitor()
  await signIn(page)
  await go(page, '/company/adm/organizations?sort=name')
  await page.reload()
  await page.getByRole('heading', { name: '조직' }).waitFor()
  expect(page.url()).toContain('/company/adm/organizations?sort=name')
  // and the access token is nowhere where a script of tomorrow finds it
  expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).not.toContain('eyJ')
})

test('a second tab is signed in by the first, and both go on after the tokens were exchanged', async () => {
  const first = await visitor()
  await signIn(first)
  const second = await first.context().newPage()
  await go(second, '/company/adm/users')
  await second.getByRole('heading', { name: '사용자' }).waitFor()
  await first.reload()
  await second.reload()
  await second.getByRole('heading', { name: '사용자' }).waitFor()
  await first.getByRole('button', { name: '로그아웃' }).first().click()
  await second.waitForURL(/sign-in/)
})

test('a session that was ended elsewhere leads to the sign-in and back to the page', async () => {
  const page = await visitor()
  await signIn(page, viewer)
  await go(page, '/company/adm/users')
  await page.getByRole('heading', { name: '사용자' }).waitFor()
  // what the page still asks for would meet the end of the session before the click does
  await page.waitForLoadState('networkidle')
  const me = await token(viewer)
  const sessions = (await api<{ id: string; is_current: boolean }[]>('GET', '/tenants/auth/sessions', me)).data
  for (const one of sessions) if (!one.is_current) await api('DELETE', `/tenants/auth/sessions/${one.id}`, me)
  await page.waitForTimeout(700) // a session is believed for half a second
  await page.getByRole('navigation').getByRole('link', { name: '조직', exact: true }).click()
  await page.getByText('세션이 종료되었습니다').waitFor()
  await signIn(page, viewer)
  await page.getByRole('heading', { name: '조직' }).waitFor()
})

test('who has a second factor is asked for it', async () => {
  const admin = await token()
  const username = `mfa${process.pid}`
  const user = { username, email: `${username}@a.example`, full_name: '이중화', password: boss.password }
  // the clock of the platform, which may stand still in a test, is what codes are made of
  const { created_at: now } = (await api<{ created_at: string }>('POST', '/tenants/adm/users', admin, user)).data
  const who = { username, password: boss.password }
  const own = await token(who)
  const enrolled = await api<{ secret: string }>('POST', '/tenants/auth/mfa/enroll', own, { current_password: who.password })
  const code = totp(enrolled.data.secret, Date.parse(now))
  const codes = (await api<{ recovery_codes: string[] }>('POST', '/tenants/auth/mfa/confirm', own, { code })).data.recovery_codes

  const page = await visitor()
  await go(page, '/company/sign-in')
  await page.getByLabel('회사 코드').fill(company)
  await page.getByLabel('아이디 또는 이메일').fill(username)
  await page.getByLabel('비밀번호', { exact: true }).fill(who.password)
  await page.getByRole('button', { name: '로그인', exact: true }).click()
  await page.getByLabel('인증 코드').fill(codes[0] ?? '')
  await page.getByRole('button', { name: '확인' }).click()
  await page.getByText('이중화 님, 안녕하십니까.').waitFor()
})

test('a forgotten password is asked for, and the answer tells nothing', async () => {
  const page = await visitor()
  await go(page, '/company/sign-in')
  await page.getByRole('link', { name: '비밀번호를 잊으셨습니까?' }).click()
  // the page before it has fields with these names too
  await page.getByRole('heading', { name: '비밀번호 재설정 요청' }).waitFor()
  await page.getByLabel('회사 코드').fill(company)
  await page.getByLabel('이메일').fill('nobody@nowhere.example')
  await page.getByRole('button', { name: '메일 보내기' }).click()
  await page.getByText('등록된 주소라면 메일을 보냈습니다').waitFor()
})

test('the password is changed, with a complaint beside the field first', async () => {
  const admin = await token()
  const username = `pw${process.pid}`
  await api('POST', '/tenants/adm/users', admin, { username, email: `${username}@a.example`, full_name: '박변경', password: boss.password })
  const page = await visitor()
  await signIn(page, { username, password: boss.password })
  await go(page, '/company/account')
  const [current, first, again] = ['현재 비밀번호', '새 비밀번호', '새 비밀번호 확인'].map((label) => page.getByLabel(label, { exact: true }))
  await current?.fill(boss.password)
  await first?.fill('password')
  await again?.fill('password')
  await page.getByRole('button', { name: '변경' }).click()
  await page.locator('.field.wrong .error').waitFor()
  await first?.fill('quiet-meadow-lighthouse-7')
  await again?.fill('quiet-meadow-lighthouse-7')
  await page.getByRole('button', { name: '변경' }).click()
  await page.getByText('비밀번호를 변경했습니다.').waitFor()
})

/** RFC 6238 with its usual choices. */
function totp(secret: string, now: number): string {
  const bits = [...secret.replaceAll('=', '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)))
  const hash = createHmac('sha1', key).update(counter).digest()
  const at = (hash[19] ?? 0) & 15
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
