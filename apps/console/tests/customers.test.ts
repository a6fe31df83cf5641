import { expect, test } from 'vitest'
import { api, expectAccessible, fresh, go, signedIn, token } from './world'

interface Deal {
  id: string
  name: string
  stage: string
  status: string
  lost_reason: string | null
}

let number = Date.now() % 1_000_000

async function customer(): Promise<{ id: string; name: string }> {
  return (await api<{ id: string; name: string }>('POST', '/tenants/crm/customers', await token(), { name: fresh('대한상사'), code: `C${++number}` })).data
}

async function deal(partner: string): Promise<Deal> {
  return (await api<Deal>('POST', '/tenants/crm/opportunities', await token(), { name: fresh('납품'), partner_id: partner, amount: '1500000' })).data
}

const now = async (made: Deal): Promise<Deal> => (await api<Deal>('GET', `/tenants/crm/opportunities/${made.id}`, await token())).data

test("a customer's page tells what happened", async () => {
  const who = await customer()
  const made = await deal(who.id)
  const page = await signedIn()
  await go(page, `/company/crm/customers/${who.id}`)
  await page.getByRole('heading', { name: '이력' }).waitFor()
  // the row's links, beside it, name the deal too
  await page.locator('.timeline').getByRole('link', { name: made.name }).waitFor()
  await page.getByText('1,500,000 KRW').waitFor()
  await expectAccessible(page)
  await page.getByRole('link', { name: '활동 등록' }).click()
  await page.getByLabel('제목').fill('첫 통화')
  expect(page.url()).toContain(who.id)
})

test('a deal goes over the board by keys: forward, back, won', async () => {
  const made = await deal((await customer()).id)
  const page = await signedIn()
  await go(page, '/company/crm/opportunities?view=board')
  const inStage = (stage: string) => page.locator(`[data-stage=${stage}] [data-deal="${made.id}"]`)
  await inStage('LEAD').waitFor()
  await page.getByRole('button', { name: `${made.name}: 다음 단계로` }).focus()
  await page.keyboard.press('Enter')
  await inStage('QUALIFIED').waitFor()
  // the focus went along: the next key moves the same deal
  await page.waitForFunction((name) => document.activeElement?.getAttribute('aria-label') === `${name}: 다음 단계로`, made.name)
  await page.keyboard.press('Enter')
  await inStage('PROPOSAL').waitFor()
  await page.getByRole('button', { name: `${made.name}: 이전 단계로` }).press('Enter')
  await inStage('QUALIFIED').waitFor()
  await page.getByRole('button', { name: `${made.name} 성사 처리` }).press('Enter')
  await inStage('QUALIFIED').waitFor({ state: 'detached' })
  expect((await now(made)).status).toBe('WON')
})

test('a deal is dragged over two stages, and lost for a reason', async () => {
  const made = await deal((await customer()).id)
  const page = await signedIn()
  await go(page, '/company/crm/opportunities?view=board')
  await page.locator(`[data-deal="${made.id}"]`).dragTo(page.locator('[data-stage=PROPOSAL] h2'))
  await page.locator(`[data-stage=PROPOSAL] [data-deal="${made.id}"]`).waitFor()
  await page.getByRole('button', { name: `${made.name} 실패 처리` }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: '실패 처리' }).click()
  await dialog.locator('[data-field=reason] .error').waitFor()
  await dialog.getByLabel('사유').selectOption('PRICE')
  await dialog.getByRole('button', { name: '실패 처리' }).click()
  await page.locator(`[data-deal="${made.id}"]`).waitFor({ state: 'detached' })
  expect(await now(made)).toMatchObject({ status: 'LOST', lost_reason: 'PRICE' })
})
