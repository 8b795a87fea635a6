// The numbers of each question as tables, each with its error.
import type { ComparedProblem, Estimate, FittedOrder } from "../../src/index.ts";
import { fastOrSlow, processName } from "../../src/report/index.ts";
import { Figure } from "./number.tsx";

export function ExitNumbers({ told }: { told: ComparedProblem }) {
  const { exit } = told;
  if (!exit) return <p class="note">No region is asked about: give one under “What is asked”, such as x &lt; 0.</p>;
  const sgd = exit.sgd.meanSteps?.value;
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="Table: mean exit times in steps">
      <table>
        <caption>Mean exit time in SGD steps ({exit.method})</caption>
        <thead>
          <tr>
            <td />
            <th scope="col">watched as SGD is</th>
            <th scope="col">watched always</th>
            <th scope="col">against SGD</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">SGD</th>
            <td>
              <Figure path="exit.sgd.meanSteps.value" value={exit.sgd.meanSteps} />
            </td>
            <td>–</td>
            <td>–</td>
          </tr>
          {Object.entries(exit.models).map(([id, model]) => {
            const own = model.watchedLikeSgd.meanSteps?.value;
            return (
              <tr key={id}>
                <th scope="row">{processName(id, told.descriptions)}</th>
                <td>
                  <Figure path={`exit.models.${id}.watchedLikeSgd.meanSteps.value`} value={model.watchedLikeSgd.meanSteps} />
                </td>
                <td>
                  <Figure path={`exit.models.${id}.watchedAlways.meanSteps.value`} value={model.watchedAlways.meanSteps} />
                </td>
                <td>{own !== undefined && sgd ? fastOrSlow(own / sgd) : "–"}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

export function WeakNumbers({ told }: { told: ComparedProblem }) {
  return (
    <>
      {told.weak.tests.map((test, t) => {
        const row = test.rows[0];
        return (
          row && (
            <div key={test.phi} class="scroll" tabIndex={0} role="group" aria-label={`Table: averages of ${test.phi}`}>
              <table>
                <caption>
                  φ = <code>{test.phi}</code>; SGD at the horizon: <Figure path={`weak.tests.${t}.rows.0.sgd.value`} value={row.sgd} />
                </caption>
                <thead>
                  <tr>
                    <td />
                    <th scope="col">weak error at the end</th>
                    <th scope="col">largest on the way</th>
                    <th scope="col">order</th>
                  </tr>
                </thead>
                <tbody>
                  {Object.entries(row.models).map(([id, model]) => (
                    <tr key={id}>
                      <th scope="row">{processName(id, told.descriptions)}</th>
                      <td>
                        <Figure path={`weak.tests.${t}.rows.0.models.${id}.weakError.value`} value={model.weakError} digits={3} />
                      </td>
                      <td>
                        <Figure path={`weak.tests.${t}.rows.0.models.${id}.maxWeakError.value`} value={model.maxWeakError} digits={3} />
                      </td>
                      <td>
                        <Figure path={`weak.tests.${t}.orders.${id}.value`} value={orderOf(test.orders[id])} digits={3} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        );
      })}
    </>
  );
}

const orderOf = (order: FittedOrder | null | undefined): Estimate | null =>
  order ? { value: order.value, error: order.error, kind: "bound" } : null;
