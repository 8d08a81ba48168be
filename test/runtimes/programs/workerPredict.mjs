import * as recurve from "recurve/predict";
import { prediction } from "./conformance.mjs";

export default {
  async fetch(request) {
    try {
      return Response.json(prediction(recurve, await request.json()));
    } catch (error) {
      return new Response(error.stack, { status: 500 });
    }
  },
};
