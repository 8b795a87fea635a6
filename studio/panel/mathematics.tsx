// The problem and the models as mathematics, by KaTeX's DOM renderer, which is loaded when it is first needed. Until then, and where it
// cannot be, the TeX itself is there to read.
import { useEffect, useRef, useState } from "preact/hooks";
import { processStyle } from "../../src/report/index.ts";
import { reading } from "../state/current.ts";
import { shown } from "../state/picture.ts";

const katex = () => import("./katex.ts");

export function Tex({ tex, display = false }: { tex: string; display?: boolean }) {
  const holder = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let wanted = true;
    katex().then(
      ({ render }) => wanted && holder.current && render(tex, holder.current, display),
      () => wanted && holder.current && (holder.current.textContent = tex),
    );
    return () => {
      wanted = false;
    };
  }, [tex, display]);
  return <span ref={holder} class={display ? "tex display" : "tex"} />;
}

export function Mathematics() {
  const [open, setOpen] = useState(false);
  const found = reading.value;
  if (!found) return null;
  return (
    <div class="mathematics" tabIndex={0} role="group" aria-label="The problem as mathematics">
      <Tex display tex={`x_{k+1} = x_k - \\eta\\,(\\nabla f(x_k) + \\xi_k)`} />
      {found.tex !== null && found.tex.length < 600 && <Tex display tex={`f(${names(found.variables)}) = ${found.tex}`} />}
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>The models' equations</summary>
        {open && (
          <dl>
            {found.models
              .filter(({ id }) => id === "gradient-flow" || shown.value.includes(id))
              .map(({ id, drift, diffusion }) => (
                <div key={id}>
                  <dt>{processStyle(id).name}</dt>
                  <dd tabIndex={0}>
                    <Tex display tex={`b = ${drift}`} />
                    <Tex display tex={`D D^{\\top} = ${diffusion}`} />
                  </dd>
                </div>
              ))}
          </dl>
        )}
      </details>
    </div>
  );
}

const names = (variables: readonly string[]): string =>
  variables.length > 3 ? "x" : variables.map((name) => name.replace(/(\d+)$/, "_{$1}")).join(", ");
