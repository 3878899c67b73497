import { createApp } from "vue";
import "../look/ground.css";
import "../look/parts.css";
import "../look/theme";
import Console from "./Console.vue";
import "./console.css";
import { router } from "./routes";

createApp(Console).use(router).mount("#app");
