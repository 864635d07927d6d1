// The NHS components need their start; everything works without this file.
import { initAll } from "./nhsuk/nhsuk-frontend.min.js";

initAll();
