import * as recurve from "recurve";
import { conformance } from "./conformance.mjs";

export default {
  fetch() {
    try {
      return Response.json(conformance(recurve));
    } catch (error) {
      return new Response(error.stack, { status: 500 });
    }
  },
};
