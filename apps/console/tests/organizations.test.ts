import { expect, test } from 'vitest'
import { api, expectAccessible, fresh, go, organization, signedIn, token, viewer, type Organization } from './world'

test('an organization is created, found, changed in the table and deleted', async () => {
  const page = await signedIn()
  const name = fresh('서울 본사')
  await go(page, '/company/adm/organizations')
  await page.getByRole('link', { name: '조직 등록' }).click()
  await page.getByLabel('조직명').fill(name)
  await page.getByLabel('전화번호').fill('02-1234-5678')
  await page.getByRole('button', { name: '저장' }).click()
  await page.getByRole('heading', { name }).waitFor()
  await expectAccessible(page)

  await page.getByRole('link', { name: '목록으로' }).click()
  await page.getByRole('searchbox', { name: '조직 검색' }).fill(name)
  await page.keyboard.press('Enter')
  await page.waitForURL(/search=/)
  await page.getByText('전체 1건').waitFor()
  await page.getByRole('button', { name: `${name} 수정` }).click()
  await page.locator('[data-field=phone] input').fill('02-8765-4321')
  await page.getByRole('button', { name: '저장' }).click()
  await page.getByRole('cell', { name: '02-8765-4321' }).waitFor()

  await page.getByRole('button', { name: `${name} 삭제` }).click()
  await page.getByRole('dialog').getByRole('button', { name: '삭제', exact: true }).click()
  await page.getByText('조건에 맞는 자료가 없습니다.').waitFor()
})

test('what the API refuses stands beside the field', async () => {
  const page = await signedIn()
  await go(page, '/company/adm/organizations/new')
  await page.getByLabel('코드').fill('no blanks')
  await page.getByLabel('사업자등록번호', { exact: true }).fill('123-45-67890')
  await page.getByRole('button', { name: '저장' }).click()
  for (const field of ['name', 'code', 'biz_no']) {
    expect(await page.locator(`[data-field=${field}] .error`).textContent()).toMatch(/[가-힣]/)
  }
  expect(await page.getByLabel('코드').getAttribute('aria-invalid')).toBe('true')
  await expectAccessible(page)
})

test('a double click creates one row', async () => {
  const page = await signedIn()
  const name = fresh('두 번')
  await go(page, '/company/adm/organizations/new')
  await page.getByLabel('조직명').fill(name)
  // past the button that waits: two requests of one form
  const keys: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/organizations')) keys.push(request.headers()['idempotency-key'] ?? '')
  })
  await page.getByRole('button', { name: '저장' }).dblclick()
  await page.getByRole('heading', { name }).waitFor()
  const found = await api<{ total: number }>('GET', `/tenants/adm/organizations?search=${encodeURIComponent(name)}`, await token())
  expect(found.data.total).toBe(1)
  expect(keys.every((key) => key.length === 36)).toBe(true)
})

test('who comes second sees what changed in the meantime, and chooses', async () => {
  const made = await organization({ phone: '02-111-1111' })
  const page = await signedIn()
  await go(page, `/company/adm/organizations/${made.id}`)
  await page.getByRole('button', { name: '수정' }).click()
  await page.getByLabel('전화번호').fill('02-222-2222')
  await page.getByLabel('대표자').fill('홍길동')
  await api('PATCH', `/tenants/adm/organizations/${made.id}`, await token(), { phone: '02-333-3333', description: '그사이' })

  await page.getByRole('button', { name: '저장' }).click()
  const dialog = page.getByRole('dialog', { name: '그사이 다른 사람이 수정했습니다' })
  await dialog.getByRole('group', { name: '전화번호' }).getByText('02-333-3333').waitFor()
  await expectAccessible(page)
  await dialog.getByRole('group', { name: '전화번호' }).getByRole('radio', { name: /현재 저장된 값/ }).check()
  await dialog.getByRole('button', { name: '고른 값으로 저장' }).click()
  await page.getByText('저장했습니다.').first().waitFor()

  const now = (await api<Organization & { ceo_name: string; description: string }>('GET', `/tenants/adm/organizations/${made.id}`, await token())).data
  expect([now.phone, now.ceo_name, now.description]).toEqual(['02-333-3333', '홍길동', '그사이'])
})

test('an emptied field is cleared', async () => {
  const made = await organization({ phone: '02-111-1111' })
  const page = await signedIn()
  await go(page, `/company/adm/organizations/${made.id}`)
  await page.getByRole('button', { name: '수정' }).click()
  await page.getByLabel('전화번호').fill('')
  await page.getByRole('button', { name: '저장' }).click()
  await page.getByText('저장했습니다.').first().waitFor()
  expect((await api<Organization>('GET', `/tenants/adm/organizations/${made.id}`, await token())).data.phone).toBeNull()
})

test('what others refer to is not deleted, and it says who they are', async () => {
  const made = await organization()
  await api('POST', '/tenants/adm/departments', await token(), { name: '영업부', code: `D${Date.now() % 1_000_000}`, organization_id: made.id })
  const page = await signedIn()
  await go(page, `/company/adm/organizations/${made.id}`)
  await page.getByRole('button', { name: '삭제' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '삭제', exact: true }).click()
  await page.getByRole('dialog').getByText('부서: 1').waitFor()
})

test('filters, sorting and the page stand in the address', async () => {
  await organization({ status: 'CLOSED' })
  const page = await signedIn()
  await go(page, '/company/adm/organizations')
  await page.getByLabel('조건 추가').selectOption({ label: '상태' })
  await page.getByLabel('상태').selectOption('CLOSED')
  await page.waitForURL(/status=CLOSED/)
  await page.getByRole('button', { name: '조직명' }).click()
  await page.waitForURL(/sort=name/)
  await page.locator('th[aria-sort=ascending]', { hasText: '조직명' }).waitFor()
  await page.getByLabel('조건 추가').selectOption({ label: '등록 일시' })
  await page.getByLabel('등록 일시 시작').fill('2000-01-01')
  await page.getByLabel('등록 일시 시작').blur()
  await page.waitForURL(/created_at_from=2000-01-01/)
  await page.locator('.tag', { hasText: '폐쇄' }).first().waitFor()
  await page.goBack()
  await page.waitForURL((url) => !url.search.includes('created_at_from'))
})

test('a list is taken along as a file, with its filters', async () => {
  const made = await organization()
  const page = await signedIn()
  await go(page, `/company/adm/organizations?search=${encodeURIComponent(made.name)}`)
  const waiting = page.waitForEvent('download')
  await page.getByRole('button', { name: '내보내기 CSV' }).click()
  const download = await waiting
  expect(download.suggestedFilename()).toBe('organizations.csv')
  const chunks: Buffer[] = []
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
  const lines = Buffer.concat(chunks).toString('utf8').trim().split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[1]).toContain(made.name)
})

test('who may only read sees no button to change anything', async () => {
  const made = await organization()
  const page = await signedIn(viewer)
  await go(page, `/company/adm/organizations?search=${encodeURIComponent(made.name)}`)
  await page.getByRole('cell', { name: made.name }).waitFor()
  expect(await page.getByRole('link', { name: '조직 등록' }).count()).toBe(0)
  expect(await page.getByRole('button', { name: /수정|삭제/ }).count()).toBe(0)
  await page.getByRole('link', { name: made.name }).click()
  await page.getByRole('heading', { name: made.name }).waitFor()
  expect(await page.getByRole('button', { name: /수정|삭제/ }).count()).toBe(0)
  // and what they may not read is not in the menu
  expect(await page.getByRole('navigation').getByRole('link', { name: 'API 키' }).count()).toBe(0)
})
