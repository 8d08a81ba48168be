import * as recurve from "recurve";
import { conformance } from "./conformance.mjs";

export default {
  async fetch(request) {
    try {
      return Response.json(conformance(recurve, await request.json()));
    } catch (error) {
      return new Response(error.stack, { status: 500 });
    }
  },
};
