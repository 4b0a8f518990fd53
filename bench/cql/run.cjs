// Runs orthodontics.json (the ELM of orthodontics.cql) with cql-execution over cases of JSON lines:
// prints for each its outcome, then the milliseconds of processors that evaluation took, reading of
// the files left out. orthodontics.json was made by @cqframework/cql 5.3.0.
//   node run.cjs NODE_MODULES CASES.jsonl
const fs = require("fs");
const path = require("path");
const [modules, file] = process.argv.slice(2);
const cql = require(path.resolve(modules, "cql-execution"));
const elm = JSON.parse(fs.readFileSync(path.join(__dirname, "orthodontics.json"), "utf8"));
const library = new cql.Library(elm);
const cases = fs.readFileSync(file, "utf8").split("\n").filter(Boolean).map((l) => JSON.parse(l));
const nobody = { currentPatient: () => undefined, nextPatient: () => undefined };

async function main() {
  const outcomes = [];
  const before = process.cpuUsage();
  for (const { facts } of cases) {
    const executor = new cql.Executor(library, new cql.CodeService({}), { Facts: facts });
    const results = await executor.exec(nobody);
    outcomes.push(results.unfilteredResults.Outcome);
  }
  const { user, system } = process.cpuUsage(before);
  cases.forEach(({ id }, n) => console.log(JSON.stringify([id, outcomes[n]])));
  console.log(JSON.stringify(["milliseconds", (user + system) / 1000]));
}
main();
