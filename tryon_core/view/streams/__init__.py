"""The dual stream in numbers and pictures: what each tool did to what it was used for (effects), and the streams
against their control arms at equal spend (arms); run_figures.tool_effects and run_figures.arms draw them."""
