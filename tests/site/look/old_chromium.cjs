// node old_chromium.cjs: pages in Chromium 109. Reads jobs as JSON from standard input, writes what was measured.
// A job is {url, width, height, scheme, picture}; "picture" is where a screenshot goes, or empty.
const { readFileSync } = require("fs");
const [modules, script] = process.argv.slice(2);
const chromium = require(`${modules}/@sparticuz/chromium`);
const puppeteer = require(`${modules}/puppeteer-core`);

(async () => {
  const jobs = JSON.parse(readFileSync(0, "utf8"));
  const measure = `(() => {${readFileSync(script, "utf8")}})()`;
  const browser = await puppeteer.launch({
    executablePath: await chromium.executablePath(),
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  try {
    const page = await browser.newPage();
    const answers = [];
    for (const job of jobs) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: job.scheme }]);
      await page.setViewport({ width: job.width, height: job.height });
      await page.goto(job.url, { waitUntil: "load" });
      answers.push(await page.evaluate(measure));
      if (job.picture) await page.screenshot({ path: job.picture });
    }
    process.stdout.write(JSON.stringify({ version: await browser.version(), answers }));
  } finally {
    await browser.close();
  }
})();
