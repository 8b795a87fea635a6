// The studio's beginning: theme, page, then the state that the address or the last visit asks for.
import { render } from "preact";
import { App } from "./app.tsx";
import { startAddress } from "./state/address.ts";
import { startTheme } from "./state/theme.ts";
import "./style.css";
import { startTours } from "./tour/tour.tsx";

startTheme();
render(<App />, document.getElementById("studio")!);
// in a task of its own: what is on the page is shown before
setTimeout(() => {
  startTours();
  void startAddress();
});
