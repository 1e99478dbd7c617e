// The whole job in a real browser: from the CRM's deal to the ERP's order number, in the
// panel that the CRM shows in a frame. BASE_URL is the stand-in CRM of `quotewright demo`.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { chromium } from 'playwright-core'

const base = process.env.BASE_URL
const pictures = process.env.SCREENSHOTS
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

let browser
before(async () => {
  assert.ok(base, 'BASE_URL must name the stand-in CRM of a running `quotewright demo`')
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
})
after(() => browser?.close())

async function openDeal(deal, user, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 1600 }, locale: 'en-GB', ...options })
  const page = await context.newPage()
  const problems = []
  page.on('pageerror', (e) => problems.push(String(e)))
  page.on('console', (m) => m.type() === 'error' && !m.location().url.includes('favicon') && problems.push(m.text()))
  await page.goto(`${base}/deals/${deal}?as=${user}`)
  const panel = page.frameLocator('iframe[name="quotewright"]')
  await panel.getByTestId('new-quote').waitFor()
  return { page, panel, problems, close: () => context.close() }
}

async function choose(panel, field, text) {
  await panel.getByTestId(field).click()
  await panel.getByRole('option', { name: text }).click()
}

const state = (panel, name) => panel.locator(`[data-testid="state"][data-state="${name}"]`).first().waitFor()

/** Finds what axe calls serious or critical in the panel's own document. */
async function checkAccess(page) {
  const frame = page.frame({ name: 'quotewright' })
  // The page's own policy keeps foreign scripts out, so axe goes in through the debugger.
  const source = await (await import('node:fs/promises')).readFile(axe, 'utf8')
  await frame.evaluate(source)
  const { violations } = await frame.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
  const serious = violations.filter((v) => ['serious', 'critical'].includes(v.impact))
  assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`), [])
}

test('from the deal to the order number', { timeout: 180_000 }, async () => {
  const { page, panel, problems, close } = await openDeal('D-1001', 'rep')
  await panel.getByTestId('new-quote').click()
  await choose(panel, 'sales-model', 'Direct sales')

  // A plain product, found by its number.
  await panel.getByTestId('product-search').fill('CP-050-160C')
  await panel.getByTestId('add-CP-050-160C').click()
  await panel.getByTestId('line-10').getByLabel(/Quantity/).fill('4')
  await panel.getByTestId('line-10').getByTestId('net').filter({ hasText: /\d/ }).waitFor()

  // A configured one, with a conflict and its repair.
  await panel.getByTestId('product-search').fill('PS-2000')
  await panel.getByTestId('add-PS-2000').click()
  const dialog = panel.getByTestId('configure')
  await dialog.waitFor()
  await dialog.locator('[data-testid="feature-motor"] [data-option="M10"]').click()
  await dialog.locator('[data-testid="feature-motor"] [data-option="M10"][aria-checked="true"]').waitFor()
  const f3 = dialog.locator('[data-testid="feature-frame"] [data-option="F3"]')
  await dialog.locator('[data-testid="feature-frame"] [data-option="F3"][data-fits="false"]').waitFor()
  await dialog.getByText('Frame F3 needs at least M20').first().waitFor()
  await f3.click()
  await panel.getByTestId('conflict').waitFor()
  assert.match(await panel.getByTestId('conflict').innerText(), /Frame F3 needs at least M20/)
  await checkAccess(page)
  await panel.getByTestId('conflict').getByRole('button', { name: 'Give up Motor' }).click()
  await panel.getByTestId('conflict').waitFor({ state: 'detached' })
  await panel.getByTestId('complete').click()
  await panel.getByTestId('part-number').filter({ hasText: /^PS-F3-/ }).waitFor()
  if (pictures) await page.screenshot({ path: `${pictures}/configure.png`, fullPage: true })
  await panel.getByTestId('configure-done').click()
  await dialog.waitFor({ state: 'detached' })

  // Price, waterfall and bill of material.
  const skid = panel.getByTestId('line-20')
  await skid.getByTestId('net').filter({ hasText: /\d/ }).waitFor()
  await skid.getByLabel(/Discount %/).fill('20')
  await panel.locator('[data-approval="deep-discount"]').waitFor()
  await skid.getByRole('button', { name: /Why this price/ }).click()
  await skid.locator('[data-step="rep"]').getByText('-20 %').waitFor()
  assert.ok((await skid.getByTestId('bom').locator('tbody tr').count()) > 5, 'the bill of material has its components')
  await skid.getByTestId('all-steps').click()
  await skid.locator('[data-step="campaign"]').getByText(/spring: condition false: .*quote.date is/).waitFor()
  await panel.getByTestId('quote-steps').click()
  await panel.getByTestId('whole-quote').locator('[data-step="freight"]').waitFor()
  assert.equal(await panel.locator('[data-total="margin"]').count(), 0, 'a rep sees no margin')
  await checkAccess(page)
  const heights = () => page.evaluate(() => document.querySelector('iframe').offsetHeight)
  const content = await page.frame({ name: 'quotewright' }).evaluate(() => document.getElementById('root').offsetHeight)
  await assert.doesNotReject(page.waitForFunction((h) => Math.abs(document.querySelector('iframe').offsetHeight - h) < 8, content), `the frame is ${await heights()} px high, the panel ${content}`)
  if (pictures) await page.screenshot({ path: `${pictures}/quote.png`, fullPage: true })

  // Save and submit; the discount needs an approver.
  await panel.getByTestId('save').click()
  await state(panel, 'draft')
  await panel.getByTestId('action-submit').click()
  await state(panel, 'in_approval')
  const number = await panel.getByRole('heading', { level: 1 }).innerText()
  assert.match(number, /^Q-\d{4}-\d{6}$/)
  await close()
  assert.deepEqual(problems, [])

  const boss = await openDeal('D-1001', 'approver')
  await boss.panel.getByTestId(`quote-${number}`).click()
  await boss.panel.locator('[data-total="margin"]').waitFor()
  await boss.panel.getByTestId('action-approve').click()
  await state(boss.panel, 'approved')
  await boss.close()
  assert.deepEqual(boss.problems, [])

  // Send, accept, and the ERP's answer.
  const rep = await openDeal('D-1001', 'rep')
  await rep.panel.getByTestId(`quote-${number}`).click()
  await rep.panel.getByTestId('action-send').click()
  await state(rep.panel, 'sent')
  await rep.panel.getByTestId('action-accept').click()
  await rep.panel.getByTestId('accepted-by').fill('Ms Lin, purchasing')
  await rep.panel.getByTestId('confirm').click()
  await rep.panel.getByTestId('order-number').waitFor({ timeout: 60_000 })
  const order = await rep.panel.getByTestId('order-number').getAttribute('data-number')
  assert.match(order, /^SO-/)
  await rep.page.getByText('quotewright.order.placed').first().waitFor() // the CRM was told
  if (pictures) await rep.page.screenshot({ path: `${pictures}/ordered.png`, fullPage: true })
  await rep.close()
  assert.deepEqual(rep.problems, [])
})

test('the panel fits narrow and wide frames, light and dark', { timeout: 120_000 }, async () => {
  for (const width of [380, 800, 1400]) {
    for (const colorScheme of ['light', 'dark']) {
      const { page, panel, problems, close } = await openDeal('D-1002', 'rep', { viewport: { width, height: 900 }, colorScheme })
      await panel.getByTestId('new-quote').click()
      await choose(panel, 'sales-model', 'Distributor')
      await panel.getByTestId('product-search').fill('GV-DN100')
      await panel.getByTestId('add-GV-DN100').click()
      await panel.getByTestId('line-10').getByTestId('net').filter({ hasText: /\d/ }).waitFor()
      await panel.getByTestId('line-10').getByRole('button', { name: /Why this price/ }).click()
      await panel.getByTestId('waterfall').waitFor()
      if (await panel.getByTestId('quote-steps').count()) await panel.getByTestId('quote-steps').click()
      const overflow = await page.frame({ name: 'quotewright' }).evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      assert.ok(overflow <= 0, `at ${width} px the panel is ${overflow} px too wide`)
      await checkAccess(page)
      if (pictures) await page.screenshot({ path: `${pictures}/panel-${width}-${colorScheme}.png`, fullPage: true })
      await close()
      assert.deepEqual(problems, [])
    }
  }
})

test('a German rep reads the words of the rules in German, also after saving', { timeout: 60_000 }, async () => {
  const { panel, problems, close } = await openDeal('D-1001', 'rep', { locale: 'de-DE' })
  await panel.getByTestId('new-quote').click()
  await choose(panel, 'sales-model', 'Direct sales')
  await panel.getByTestId('product-search').fill('CP-125-315C')
  await panel.getByTestId('add-CP-125-315C').click()
  const line = panel.getByTestId('line-10')
  await line.getByLabel(/Menge/).fill('400')
  await line.getByTestId('refused').waitFor()
  await line.getByText(/läuft aus; es sind nur noch/).waitFor()
  await panel.getByTestId('save').click()
  await state(panel, 'draft')
  await line.getByRole('button', { name: /Warum/ }).click()
  await line.locator('[data-step="list"]').getByText('Listenpreis').waitFor()
  await close()
  assert.deepEqual(problems, [])
})

test('somebody else was faster: nothing is overwritten, and the panel says so', { timeout: 60_000 }, async () => {
  const one = await openDeal('D-1003', 'rep')
  await one.panel.getByTestId('new-quote').click()
  await choose(one.panel, 'sales-model', 'OEM contracts')
  await one.panel.getByTestId('save').click()
  await state(one.panel, 'draft')
  const number = await one.panel.getByRole('heading', { level: 1 }).innerText()

  const two = await openDeal('D-1003', 'rep')
  await two.panel.getByTestId(`quote-${number}`).click()
  await two.panel.getByLabel('Title').fill('Second thoughts')
  await one.panel.getByLabel('Title').fill('First thoughts')
  await one.panel.getByTestId('save').click()
  await one.panel.getByTestId('save').waitFor({ state: 'detached' })
  await two.panel.getByTestId('save').click()
  await two.panel.getByTestId('outdated').getByRole('button', { name: 'Reload' }).click()
  await two.panel.getByTestId('outdated').waitFor({ state: 'detached' })
  assert.equal(await two.panel.getByLabel('Title').inputValue(), 'First thoughts')
  await one.close()
  await two.close()
})

test('by keyboard alone, in German, with German numbers', { timeout: 60_000 }, async () => {
  const { page, panel, problems, close } = await openDeal('D-1005', 'rep', { locale: 'de-DE' })
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key) }
  await panel.getByTestId('new-quote').focus()
  await press('Enter')
  await panel.getByTestId('sales-model').focus()
  await press('Enter')
  await panel.getByRole('option', { name: 'Direct sales' }).waitFor()
  await press('ArrowDown')
  await panel.locator('[role="option"][data-combobox-selected]').waitFor()
  await press('Enter')
  await panel.getByTestId('product-search').focus()
  await page.keyboard.type('CP-050-160C')
  await panel.getByTestId('add-CP-050-160C').waitFor()
  await press('Tab', 'Tab')
  await press('Enter')
  const line = panel.getByTestId('line-10')
  await line.getByLabel(/^Discount %/).focus()
  await page.keyboard.type('12,5')
  await press('Tab')
  await line.getByRole('button', { name: /^Warum dieser Preis/ }).focus()
  await press('Enter')
  await line.locator('[data-step="rep"]').getByText('-12,5 %').waitFor()
  assert.match(await line.getByTestId('net').innerText(), /^[\d.]+,\d\d$/)
  await panel.getByTestId('back').focus()
  await press('Enter')
  await panel.getByTestId('discard').waitFor() // what is not saved is not lost by a slip
  await press('Escape')
  await panel.getByTestId('discard').waitFor({ state: 'detached' })
  await close()
  assert.deepEqual(problems, [])
})
