data <- read.csv("before.csv")
names(data)[1] <- "id"
names(data)[2] <- "date"
names(data)[3] <- "score"
names(data)[4] <- "work"
names(data)[5] <- "u_1"
names(data)[6] <- "u_2"
names(data)[7] <- "u_3"
data[, 9] <- factor(data[, 9], levels=c(1,2),labels=c("never","often"))
