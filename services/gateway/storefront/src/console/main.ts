import { createApp } from "vue";
import "../look/ground.css";
import "../look/parts.css";
import "../look/theme";
import Console from "./Console.vue";

createApp(Console).mount("#app");
